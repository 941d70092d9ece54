using System.Collections.Immutable;

namespace Serverless.Chat;

/// <summary>What a device gets of one room.</summary>
/// <param name="Name">Which room.</param>
/// <param name="Room">The room as it is.</param>
/// <param name="From">The first event that it gets.</param>
/// <param name="Recovered">Whether with these it has all that it may see: false means that it should forget what it had of the room, and begin at <paramref name="From"/>.</param>
internal sealed record RoomSync(string Name, Room Room, long From, bool Recovered);

/// <summary>How devices are brought up to date: pure.</summary>
internal static class SyncPlan
{
    /// <summary>Events that one room can have missed: 200. With more it begins anew, with the last <see cref="Beginning"/>.</summary>
    public const int MostEvents = 200;

    /// <summary>Events that a room begins with: 50.</summary>
    public const int Beginning = 50;

    /// <summary>Events of one answer: 1,000. Rooms beyond that begin anew, with their last.</summary>
    public const int MostTogether = 1_000;

    /// <summary>Who asks for more than there is: the room's name; null when nobody does.</summary>
    public static string? FromTheFuture(IReadOnlyDictionary<string, Room> rooms, IReadOnlyDictionary<string, long> positions) =>
        positions.FirstOrDefault(one => rooms.TryGetValue(one.Key, out var room) && one.Value > room.Seq).Key;

    /// <param name="user">Who asks.</param>
    /// <param name="rooms">The user's rooms.</param>
    /// <param name="positions">The last event that the device has, of each room that it knows.</param>
    public static IReadOnlyList<RoomSync> For(string user, IReadOnlyDictionary<string, Room> rooms, IReadOnlyDictionary<string, long> positions)
    {
        var (syncs, left) = (ImmutableArray.CreateBuilder<RoomSync>(), MostTogether);

        // Those first in which something happened last.
        foreach (var (name, room) in rooms.OrderByDescending(one => one.Value.Tail.LastOrDefault()?.At ?? one.Value.CreatedAt).ThenBy(one => one.Key, StringComparer.Ordinal))
        {
            var since = room.MemberOf(user)!.Since;
            var has = Math.Max(positions.GetValueOrDefault(name), since - 1);
            var recovered = room.Seq - has <= Math.Min(MostEvents, left);
            var from = recovered ? has + 1 : Math.Max(since, room.Seq + 1 - Math.Clamp(left, 1, Beginning));

            // Who was out of the room meanwhile has a hole that nobody fills.
            var goesOn = positions.TryGetValue(name, out var had) ? had >= since - 1 : from == since;
            syncs.Add(new RoomSync(name, room, from, recovered && goesOn));
            left -= (int)Math.Min(left, room.Seq + 1 - from);
        }

        return syncs.ToImmutable();
    }
}
