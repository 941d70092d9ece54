using System.Collections.Immutable;

namespace Serverless.Notifications;

/// <summary>What somebody wants to be told, and how. Immutable.</summary>
/// <param name="Channels">Whole channels, on or off; a channel that is not named is on.</param>
/// <param name="Categories">By category, single channels on or off: the category's word counts before the channel's own.</param>
/// <param name="QuietHours">When no push and no text message may come, unless its priority is high; null: never.</param>
public sealed record Preferences(
    ImmutableDictionary<Channel, bool> Channels, ImmutableDictionary<string, ImmutableDictionary<Channel, bool>> Categories, QuietHours? QuietHours)
{
    /// <summary>Why something is not sent to somebody who does not want it.</summary>
    public const string OptedOut = "opted-out";

    /// <summary>Categories that somebody may have settings of: 100.</summary>
    public const int MostCategories = 100;

    /// <summary>Everything, at any time.</summary>
    public static readonly Preferences Default = new(
        ImmutableDictionary<Channel, bool>.Empty, ImmutableDictionary<string, ImmutableDictionary<Channel, bool>>.Empty, null);

    /// <summary>What they say to a notification.</summary>
    /// <param name="category">Its category.</param>
    /// <param name="channel">Where it would come.</param>
    /// <param name="priority">High passes quiet hours, never an opt-out.</param>
    /// <param name="timeZone">Where the person is, an IANA name; null or unknown: UTC.</param>
    /// <param name="now">The time.</param>
    public Consent Asked(string category, Channel channel, Priority priority, string? timeZone, DateTimeOffset now)
    {
        var isOn = Categories.TryGetValue(category, out var single) && single.TryGetValue(channel, out var word) ? word : Channels.GetValueOrDefault(channel, true);
        if (!isOn)
            return new Consent.Withheld(OptedOut);

        // Mail and the list in the app make no noise.
        return priority != Priority.High && channel is (Channel.Push or Channel.Sms) && QuietHours?.EndAt(now, timeZone) is { } end
            ? new Consent.NotBefore(end)
            : Consent.Given.Instance;
    }
}
