using System.Collections.Immutable;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>Which rooms a user may be in. Entered before a room takes the user, and taken out after: the rooms themselves say who their members are.</summary>
public sealed class Memberships
{
    /// <summary>Rooms of one user at most: 500.</summary>
    internal const int MostRooms = 500;

    private readonly Documents<RoomList> _lists;

    internal Memberships(StrictRegisters registers, ReplicatedStore store) => _lists = new Documents<RoomList>("chatmemberships", registers, store);

    /// <summary>The rooms; null when too few replicas answered.</summary>
    internal async Task<ImmutableSortedSet<string>?> OfAsync(string user, CancellationToken cancellationToken) =>
        await _lists.ReadAsync(user, cancellationToken) is DocumentRead<RoomList>.Held(var list) ? list?.Rooms ?? [] : null;

    /// <summary>Enters a room. True when it is there; false when the user has too many; null when too few replicas answered.</summary>
    internal async Task<bool?> AddAsync(string user, string room, CancellationToken cancellationToken)
    {
        var full = false;
        var change = await _lists.ChangeAsync(user, before =>
        {
            var list = before ?? new RoomList([]);
            full = list.Rooms.Count >= MostRooms && !list.Rooms.Contains(room);
            return full || list.Rooms.Contains(room) ? before : new RoomList(list.Rooms.Add(room));
        }, cancellationToken);
        return change is DocumentChange<RoomList>.NoQuorum ? null : !full;
    }

    /// <summary>Takes rooms out; whether too few replicas answered does not matter, since they are passed over.</summary>
    internal Task RemoveAsync(string user, IReadOnlyCollection<string> rooms, CancellationToken cancellationToken) =>
        _lists.ChangeAsync(user, list => list is null || !list.Rooms.Overlaps(rooms) ? list : new RoomList(list.Rooms.Except(rooms)), cancellationToken);

    private sealed record RoomList(ImmutableSortedSet<string> Rooms);
}
