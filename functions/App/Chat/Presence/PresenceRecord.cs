using System.Collections.Immutable;

namespace Serverless.Chat;

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
/// <param name="IsAway">It is connected, and nobody is at it.</param>
internal sealed record Beat(DateTimeOffset At, string Region, DateTimeOffset JoinedAt, bool IsAway);

/// <summary>Whether somebody is there: what the devices said, and when. A device that says nothing for so long is gone; nobody needs to write that down.</summary>
/// <param name="IsInvisible">Others are to see nobody there, whatever the devices say. It is the user's, not a device's: it lasts until it is ended on any of them.</param>
/// <param name="Devices">At most 20; the one that was silent longest makes room.</param>
/// <param name="LastSeen">When a device was there last, as far as others may know.</param>
/// <param name="Told">What others were told last.</param>
internal sealed record PresenceRecord(bool IsInvisible, ImmutableDictionary<string, Beat> Devices, DateTimeOffset? LastSeen, Status Told)
{
    /// <summary>A device is gone after so much silence: 140 s, two heartbeats and a margin.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(140);

    public const int MostDevices = 20;

    public static readonly PresenceRecord Blank = new(false, ImmutableDictionary<string, Beat>.Empty, null, Status.Offline);

    /// <summary>Whether a device of theirs gets what is pushed.</summary>
    public bool IsLive(DateTimeOffset now) => Devices.Values.Any(beat => now - beat.At < Patience);

    /// <summary>Online while somebody is at one of the devices.</summary>
    public Status SeenAt(DateTimeOffset now)
    {
        if (IsInvisible || !IsLive(now))
            return Status.Offline;
        return Devices.Values.Any(beat => now - beat.At < Patience && !beat.IsAway) ? Status.Online : Status.Away;
    }

    /// <summary>After a device said that it is there.</summary>
    public PresenceRecord With(string device, Beat beat, bool isInvisible)
    {
        var devices = Devices.RemoveRange(Devices.Where(one => beat.At - one.Value.At >= Patience).Select(one => one.Key)).SetItem(device, beat);
        if (devices.Count > MostDevices)
            devices = devices.Remove(devices.MinBy(one => one.Value.At).Key);
        return this with { IsInvisible = isInvisible, Devices = devices, LastSeen = isInvisible ? LastSeen : beat.At };
    }

    /// <summary>After a device said that it goes.</summary>
    public PresenceRecord Without(string device) => this with { Devices = Devices.Remove(device) };
}
