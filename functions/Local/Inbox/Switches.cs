using System.Collections.Concurrent;

namespace Serverless.Local.Inbox;

/// <summary>How a local provider answers.</summary>
internal enum SwitchAnswer
{
    /// <summary>As it should.</summary>
    Ok,

    /// <summary>429: too many requests.</summary>
    TooMany,

    /// <summary>410: the address is dead.</summary>
    Gone,

    /// <summary>500: it fails.</summary>
    Failing,

    /// <summary>It takes the message, and does not answer for half a minute.</summary>
    Timeout,
}

/// <param name="Answer">What is answered.</param>
/// <param name="Percent">To so many calls of a hundred: 1 to 100.</param>
/// <param name="To">Only for addresses that contain this; null: for all.</param>
internal sealed record Switch(SwitchAnswer Answer, int Percent, string? To)
{
    public static readonly Switch Ok = new(SwitchAnswer.Ok, 100, null);
}

/// <summary>The switches of all providers. Thread-safe.</summary>
internal sealed class Switches(Random random)
{
    public static readonly IReadOnlyList<string> Providers = ["apns", "fcm", "sms", "smtp"];

    private readonly ConcurrentDictionary<string, Switch> _switches = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, Switch> All => Providers.ToDictionary(provider => provider, provider => _switches.GetValueOrDefault(provider, Switch.Ok));

    public void Set(string provider, Switch to) => _switches[provider] = to;

    /// <summary>How one call is answered.</summary>
    public SwitchAnswer Decide(string provider, string to)
    {
        var set = _switches.GetValueOrDefault(provider, Switch.Ok);
        if (set.Answer == SwitchAnswer.Ok || (set.To is { } part && !to.Contains(part, StringComparison.Ordinal)))
            return SwitchAnswer.Ok;
        lock (random)
            return random.Next(100) < set.Percent ? set.Answer : SwitchAnswer.Ok;
    }
}
