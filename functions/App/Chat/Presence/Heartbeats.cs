using System.Collections.Immutable;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>Takes devices' heartbeats: notes that they are there, keeps their users in their groups, and tells them how far their rooms are.</summary>
public sealed class Heartbeats
{
    /// <summary>How often a device sends one: 60 s.</summary>
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(60);

    // Well within the life of a group.
    private static readonly TimeSpan RenewAfter = TimeSpan.FromMinutes(10);

    private readonly PresenceStore _presence;
    private readonly Memberships _memberships;
    private readonly RecentRooms _recent;
    private readonly Pushes _pushes;
    private readonly Announcements _announcements;
    private readonly Departures _departures;
    private readonly TimeProvider _clock;

    internal Heartbeats(PresenceStore presence, Memberships memberships, RecentRooms recent, Pushes pushes, Announcements announcements, Departures departures, TimeProvider clock) =>
        (_presence, _memberships, _recent, _pushes, _announcements, _departures, _clock) = (presence, memberships, recent, pushes, announcements, departures, clock);

    /// <summary>What the device is told for it; null when too few replicas answered.</summary>
    internal async Task<Pulse?> BeatAsync(string user, Heartbeat beat, CancellationToken cancellationToken)
    {
        if (await _memberships.OfAsync(user, cancellationToken) is not { } rooms)
            return null;
        var (now, region, announce, enter) = (_clock.GetUtcNow(), beat.Region ?? _pushes.Here, false, false);
        var change = await _presence.ChangeAsync(user, before =>
        {
            var known = before.Devices.GetValueOrDefault(beat.Device);
            enter = beat.Connected || known is null || known.Region != region || now - known.JoinedAt >= RenewAfter;
            var after = before.With(beat.Device, new Beat(now, region, enter ? now : known!.JoinedAt, beat.IsAway ?? known?.IsAway ?? false), beat.IsInvisible ?? before.IsInvisible);

            // Others saw somebody go who fell silent, although nobody told them; of somebody who was gone for a moment they were told nothing.
            announce = after.SeenAt(now) != (now - before.LastSeen < PresenceRecord.Patience ? before.Told : Status.Offline);
            return after with { Told = after.SeenAt(now) };
        }, cancellationToken);
        if (change is not DocumentChange<PresenceRecord>.Written(var record))
            return null;
        await Task.WhenAll(
            enter ? _pushes.EnterAsync(region, user, rooms.Select(Pushes.GroupOf)) : Task.CompletedTask,
            _pushes.EnterAsync(region, user, beat.Looking.Where(rooms.Contains).Select(Pushes.LookersOf)),
            announce ? _announcements.TellAsync(user, record, rooms) : Task.CompletedTask);
        var heads = await Task.WhenAll(rooms.Select(async room => (Room: room, Head: await _recent.HeadAsync(room, user, cancellationToken))));
        return new Pulse(heads.Where(one => one.Head is not null).ToDictionary(one => one.Room, one => one.Head!.Value, StringComparer.Ordinal), record.IsInvisible);
    }

    /// <summary>Notes that a device goes. Others are told after a while, if it does not come back; false when too few replicas answered.</summary>
    internal async Task<bool> LeaveAsync(string user, string device, CancellationToken cancellationToken)
    {
        if (await _presence.ChangeAsync(user, before => before.Devices.ContainsKey(device) ? before.Without(device) : before, cancellationToken) is DocumentChange<PresenceRecord>.NoQuorum)
            return false;
        await _departures.ScheduleAsync(user, cancellationToken);
        return true;
    }
}

/// <summary>What a device says.</summary>
/// <param name="Device">Its name.</param>
/// <param name="IsAway">Nobody is at it; null: as before.</param>
/// <param name="IsInvisible">Its user is not to be seen; null: as before.</param>
/// <param name="Looking">The rooms that are open on it.</param>
/// <param name="Connected">It has just connected.</param>
/// <param name="Region">Where it is connected, as its negotiation said; null: here.</param>
internal sealed record Heartbeat(string Device, bool? IsAway, bool? IsInvisible, ImmutableArray<string> Looking, bool Connected, string? Region);

/// <summary>What a device is told for its heartbeat.</summary>
/// <param name="Heads">How far each of the user's rooms is.</param>
/// <param name="IsInvisible">The user is not to be seen, as this device or another one wished.</param>
internal sealed record Pulse(IReadOnlyDictionary<string, long> Heads, bool IsInvisible);
