using System.Collections.Immutable;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>Lists somebody's rooms, with what a list of rooms shows.</summary>
public sealed class RoomListing
{
    /// <summary>Rooms of one page at most: 100.</summary>
    internal const int MostRooms = 100;

    /// <summary>Unread messages are counted up to this: 100.</summary>
    internal const int MostUnread = 100;

    // Events that are looked through for them: the others are joins, edits and one's own.
    private const int MostRead = 128;

    private readonly Memberships _memberships;
    private readonly RoomStore _rooms;
    private readonly RoomReader _reader;
    private readonly Marks _marks;

    internal RoomListing(Memberships memberships, RoomStore rooms, RoomReader reader, Marks marks) => (_memberships, _rooms, _reader, _marks) = (memberships, rooms, reader, marks);

    /// <summary>A page of rooms, and the last one's name when there are more; null when too few replicas answered.</summary>
    internal async Task<(IReadOnlyList<RoomEntry> Rooms, string? Next)?> PageAsync(string user, string after, int limit, CancellationToken cancellationToken)
    {
        if (await _memberships.OfAsync(user, cancellationToken) is not { } names)
            return null;
        var page = names.Where(name => string.CompareOrdinal(name, after) > 0).OrderBy(name => name, StringComparer.Ordinal).Take(limit + 1).ToList();
        var entries = await Task.WhenAll(page.Take(limit).Select(name => EntryAsync(name, user, cancellationToken)));
        return entries.Any(one => !one.Answered) ? null : ([.. entries.Select(one => one.Entry).OfType<RoomEntry>()], page.Count > limit ? page[limit - 1] : null);
    }

    private async Task<(bool Answered, RoomEntry? Entry)> EntryAsync(string name, string user, CancellationToken cancellationToken)
    {
        var (reading, marking) = (_rooms.GlanceAsync(name, cancellationToken), _marks.OfAsync(name, cancellationToken));
        if (await reading is not DocumentRead<Room>.Held(var room) || await marking is not { } marks)
            return (false, null);
        if (room?.MemberOf(user) is not { } member)
            return (true, null);
        var mark = marks.GetValueOrDefault(user);
        var from = Math.Max(Math.Max(mark.Read + 1, member.Since), room.Seq + 1 - MostRead);

        // The last message may be one that was read.
        if (await _reader.ReadAsync(name, room, Math.Min(from, Math.Max(member.Since, room.Seq + 1 - Room.KeptInTail)), room.Seq, cancellationToken) is not { } events)
            return (false, null);
        var texts = events.Where(one => one.Kind == EventKind.Text && one.Erased != true).ToList();
        return (true, new RoomEntry(
            name, room.Kind, room.Name, room.Kind == RoomKind.Direct ? room.Members.FirstOrDefault(one => one.User != user)?.User : null, room.Seq, mark.Received, mark.Read,
            Math.Min(MostUnread, texts.Count(one => one.Seq >= from && one.By != user)), texts.LastOrDefault(), room.Tail.LastOrDefault()?.At ?? room.CreatedAt));
    }
}

/// <param name="Id">The room.</param>
/// <param name="Kind">Direct or group.</param>
/// <param name="Name">A group's.</param>
/// <param name="With">The other of a direct room.</param>
/// <param name="Seq">The last event's number.</param>
/// <param name="Received">How far the caller's devices are.</param>
/// <param name="Read">How far the caller is.</param>
/// <param name="Unread">Messages of others after that.</param>
/// <param name="Last">The last message, of the last few events.</param>
/// <param name="At">When something happened last.</param>
internal sealed record RoomEntry(string Id, RoomKind Kind, string? Name, string? With, long Seq, long Received, long Read, int Unread, RoomEvent? Last, DateTimeOffset At);
