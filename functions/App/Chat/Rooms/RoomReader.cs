using System.Collections.Immutable;

namespace Serverless.Chat;

/// <summary>Reads a room's events, wherever they lie.</summary>
public sealed class RoomReader
{
    private readonly HistoryStore _history;

    internal RoomReader(HistoryStore history) =>
        _history = history;

    /// <summary>Events from <paramref name="from"/> to <paramref name="to"/>, as far as the room has them; null when too few replicas answered.</summary>
    /// <param name="name">Which room.</param>
    /// <param name="room">The room, as it was read: what is not in it has been in the history since before.</param>
    /// <param name="from">The first.</param>
    /// <param name="to">The last.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<ImmutableArray<RoomEvent>?> ReadAsync(string name, Room room, long from, long to, CancellationToken cancellationToken)
    {
        (from, to) = (Math.Max(from, 1), Math.Min(to, room.Seq));
        if (from > to)
            return [];
        if (await _history.ReadAsync(name, from, Math.Min(to, room.Copied), cancellationToken) is not { } old)
            return null;

        // Their words go from the history when the deletion comes there; nobody reads them meanwhile.
        var gone = room.Tail.Where(one => one.Kind == EventKind.Deleted).Select(one => one.Target!.Value).ToHashSet();
        return [.. old.Select(one => gone.Contains(one.Seq) || (one.Kind == EventKind.Edited && gone.Contains(one.Target!.Value)) ? one.Blank() : one), .. room.Tail.Where(one => one.Seq >= from && one.Seq <= to)];
    }
}
