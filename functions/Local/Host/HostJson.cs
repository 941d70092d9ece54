using System.Globalization;

namespace Serverless.Local.Host;

/// <summary>What the local head takes from host.json, with the real host's defaults.</summary>
/// <param name="RoutePrefix">Before every route; default "api", may be empty.</param>
/// <param name="MaxConcurrentCalls">Calls of one queue function at once in this head: default 16 (the real host: 16 per core).</param>
/// <param name="MaxMessageBatchSize">Messages in one call of a batched queue function: default 1,000.</param>
/// <param name="MaxAutoLockRenewal">How long a message's lock is renewed, counted from its reception: default 5 minutes; not for batches.</param>
public sealed record HostJson(
    string RoutePrefix = "api", int MaxConcurrentCalls = 16, int MaxMessageBatchSize = 1000, TimeSpan? MaxAutoLockRenewal = null)
{
    public TimeSpan LockRenewal => MaxAutoLockRenewal ?? TimeSpan.FromMinutes(5);

    /// <summary>Reads the host.json beside the program; a missing file means all defaults.</summary>
    public static HostJson BesideProgram() => Load(Path.Combine(AppContext.BaseDirectory, "host.json"));

    public static HostJson Load(string path)
    {
        var json = new ConfigurationBuilder().AddJsonFile(path, optional: true).Build();
        var http = json.GetSection("extensions:http");
        var bus = json.GetSection("extensions:serviceBus");
        var defaults = new HostJson();
        return new HostJson(
            (http["routePrefix"] ?? defaults.RoutePrefix).Trim('/'),
            Positive(bus, "maxConcurrentCalls", defaults.MaxConcurrentCalls),
            Positive(bus, "maxMessageBatchSize", defaults.MaxMessageBatchSize),
            bus["maxAutoLockRenewalDuration"] is { } duration ? TimeSpan.Parse(duration, CultureInfo.InvariantCulture) : null);
    }

    private static int Positive(IConfigurationSection section, string name, int otherwise)
    {
        if (section[name] is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : throw new InvalidOperationException($"host.json: {section.Path}:{name} is {text}: give a whole number above zero.");
    }
}
