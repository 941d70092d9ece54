using System.Collections.Immutable;

namespace Serverless.Chat;

/// <summary>What somebody wants others to see.</summary>
internal enum Wish
{
    /// <summary>Online while a device is in use.</summary>
    Auto,
    Away,

    /// <summary>Offline, whatever the devices do.</summary>
    Invisible,
}

/// <summary>What others see.</summary>
internal enum Status
{
    Offline,
    Away,
    Online,
}

/// <summary>One device that has said it is there.</summary>
/// <param name="At">When it said so last.</param>
/// <param name="Region">Where its pushes go.</param>
/// <param name="JoinedAt">When its user was last taken into the groups of that region.</param>
internal sealed record Beat(DateTimeOffset At, string Region, DateTimeOffset JoinedAt);

/// <summary>Whether somebody is there: what the devices said, and when. A device that says nothing for so long is gone; nobody needs to write that down.</summary>
/// <param name="Wish">What others are to see.</param>
/// <param name="Devices">At most 20; the one that was silent longest makes room.</param>
/// <param name="LastSeen">When a device was there last, as far as others may know.</param>
/// <param name="Told">What others were told last.</param>
internal sealed record PresenceRecord(Wish Wish, ImmutableDictionary<string, Beat> Devices, DateTimeOffset? LastSeen, Status Told)
{
    /// <summary>A device is gone after so much silence: 140 s, two heartbeats and a margin.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(140);

    public const int MostDevices = 20;

    public static readonly PresenceRecord Blank = new(Wish.Auto, ImmutableDictionary<string, Beat>.Empty, null, Status.Offline);

    /// <summary>Whether a device of theirs gets what is pushed.</summary>
    public bool IsLive(DateTimeOffset now) => Devices.Values.Any(beat => now - beat.At < Patience);

    public Status SeenAt(DateTimeOffset now) => !IsLive(now) || Wish == Wish.Invisible ? Status.Offline : Wish == Wish.Away ? Status.Away : Status.Online;

    /// <summary>After a device said that it is there.</summary>
    public PresenceRecord With(string device, Beat beat, Wish wish)
    {
        var devices = Devices.RemoveRange(Devices.Where(one => beat.At - one.Value.At >= Patience).Select(one => one.Key)).SetItem(device, beat);
        if (devices.Count > MostDevices)
            devices = devices.Remove(devices.MinBy(one => one.Value.At).Key);
        return this with { Wish = wish, Devices = devices, LastSeen = wish == Wish.Invisible ? LastSeen : beat.At };
    }

    /// <summary>After a device said that it goes.</summary>
    public PresenceRecord Without(string device) => this with { Devices = Devices.Remove(device) };
}
