using System.Collections.Immutable;

namespace Serverless.Notifications;

/// <summary>What somebody wants to be told, and how. Immutable.</summary>
/// <param name="Channels">Whole channels, on or off; a channel that is not named is on.</param>
/// <param name="Categories">By category, single channels on or off: the category's word counts before the channel's own.</param>
/// <param name="QuietHours">When no push and no text message may come, unless its priority is high; null: never.</param>
public sealed record Preferences(
    ImmutableDictionary<Channel, bool> Channels, ImmutableDictionary<string, ImmutableDictionary<Channel, bool>> Categories, QuietHours? QuietHours)
{
    /// <summary>Everything, at any time.</summary>
    public static readonly Preferences Default = new(
        ImmutableDictionary<Channel, bool>.Empty, ImmutableDictionary<string, ImmutableDictionary<Channel, bool>>.Empty, null);
}
