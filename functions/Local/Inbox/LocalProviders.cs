using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Serverless.Local.Inbox;

/// <summary>
/// Providers of notifications on this machine that speak the real wire: APNs over HTTP/2, FCM, the text messages of Azure Communication Services, SMTP. What arrives is kept in an inbox instead of
/// being brought to anybody.
/// </summary>
public sealed class LocalProviders : IAsyncDisposable
{
    /// <summary>Ports they take, from 50 above the head's on.</summary>
    public const int PortCount = 3;

    private const int PortOffset = 50;
    private const string FileName = "providers.json";

    private readonly WebApplication _app;
    private readonly SmtpServer _smtp;
    private readonly LocalCredentials _credentials;

    private LocalProviders(WebApplication app, SmtpServer smtp, LocalCredentials credentials, Inbox inbox, Switches switches) =>
        (_app, _smtp, _credentials, Inbox, Switches) = (app, smtp, credentials, inbox, switches);

    internal Inbox Inbox { get; }

    internal Switches Switches { get; }

    /// <summary>The ports of a cloud whose head listens at a port.</summary>
    public static IReadOnlyList<int> Ports(int headPort) => [.. Enumerable.Range(headPort + PortOffset, PortCount)];

    /// <summary>Starts them.</summary>
    /// <param name="headPort">The head's port, from which theirs follow; 0 takes free ones.</param>
    /// <param name="folder">The cloud's data folder, which keeps their keys and, for other heads of the cloud, their addresses; null: nothing is kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<LocalProviders> StartAsync(int headPort, string? folder, CancellationToken cancellationToken)
    {
        var (clock, random) = (TimeProvider.System, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
        var (credentials, inbox, switches) = (LocalCredentials.Open(folder), new Inbox(clock), new Switches(random));
        var ports = headPort == 0 ? [0, 0, 0] : Ports(headPort);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // Without TLS a port speaks one version: APNs the second, the others the first.
            kestrel.Listen(IPAddress.Loopback, ports[0], listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, ports[1], listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        new ApnsServer(credentials, inbox, switches, clock).Map(app);
        new FcmServer(credentials, inbox, switches, clock, random).Map(app);
        new SmsServer(credentials, inbox, switches, clock).Map(app);
        var providers = new LocalProviders(app, new SmtpServer(inbox, switches, clock), credentials, inbox, switches);
        await app.StartAsync(cancellationToken);
        providers._smtp.Start(ports[2]);
        if (folder is not null)
            await File.WriteAllTextAsync(Path.Combine(folder, FileName), JsonSerializer.Serialize(providers.Settings()), cancellationToken);
        return providers;
    }

    /// <summary>The app's settings for the providers of the cloud that keeps its data in a folder; none when it has none.</summary>
    public static IReadOnlyDictionary<string, string?> SettingsOf(string folder) =>
        Path.Combine(folder, FileName) is var file && File.Exists(file) ? JsonSerializer.Deserialize<Dictionary<string, string?>>(File.ReadAllText(file))! : new Dictionary<string, string?>();

    /// <summary>The app's settings for these providers.</summary>
    public IReadOnlyDictionary<string, string?> Settings()
    {
        var addresses = _app.Urls.Select(url => new Uri(url)).ToList();
        var (apns, http) = (addresses[0], addresses[1]);
        return new Dictionary<string, string?>
        {
            ["Notifications:Apns:Host"] = apns.ToString(),
            ["Notifications:Apns:TeamId"] = LocalCredentials.TeamId,
            ["Notifications:Apns:KeyId"] = LocalCredentials.KeyId,
            ["Notifications:Apns:PrivateKey"] = _credentials.ApnsKey,
            ["Notifications:Fcm:Host"] = http.ToString(),
            ["Notifications:Fcm:ProjectId"] = LocalCredentials.Project,
            ["Notifications:Fcm:Credentials"] = _credentials.ServiceAccountJson(new Uri(http, FcmServer.TokenPath)),
            ["Notifications:Sms:Endpoint"] = http.ToString(),
            ["Notifications:Sms:AccessKey"] = _credentials.SmsKey,
            ["Notifications:Sms:From"] = LocalCredentials.SmsFrom,
            ["Notifications:Email:Host"] = "127.0.0.1",
            ["Notifications:Email:Port"] = _smtp.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Notifications:Email:Security"] = "None",
            ["Notifications:Email:From"] = "Serverless <no-reply@local.test>",
            ["Notifications:SigningKey"] = _credentials.SigningKey,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _smtp.DisposeAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }
}
