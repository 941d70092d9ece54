using System.Globalization;
using Serverless.Notifications;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>
/// Notifies members who have no device connected, a while after a message: whoever reads it meanwhile on some device is not bothered. One look serves all messages that came before it.
/// </summary>
public sealed class AbsentNotices
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(1);

    private const int MostCharacters = 200;

    private readonly AbsentSchedule _schedule;
    private readonly RoomStore _rooms;
    private readonly RoomReader _reader;
    private readonly Marks _marks;
    private readonly PresenceStore _presence;
    private readonly Profiles _profiles;
    private readonly Notices _notices;
    private readonly TimeProvider _clock;

    internal AbsentNotices(AbsentSchedule schedule, RoomStore rooms, RoomReader reader, Marks marks, PresenceStore presence, Profiles profiles, Notices notices, TimeProvider clock) =>
        (_schedule, _rooms, _reader, _marks, _presence, _profiles, _notices, _clock) = (schedule, rooms, reader, marks, presence, profiles, notices, clock);

    /// <summary>Looks at a room, and notifies whoever is not there.</summary>
    internal async Task LookAsync(string name, CancellationToken cancellationToken)
    {
        if (!await NotifiedAsync(name, cancellationToken))
            await _schedule.AgainAsync(name, cancellationToken);
    }

    private async Task<bool> NotifiedAsync(string name, CancellationToken cancellationToken)
    {
        if (await _rooms.GlanceAsync(name, cancellationToken) is not DocumentRead<Room>.Held(var room) || await _marks.OfAsync(name, cancellationToken) is not { } read)
            return false;
        if (room is null)
            return true;
        var behind = room.Members.Where(member => read.GetValueOrDefault(member.User).Read < room.Seq).ToList();
        var told = await Task.WhenAll(behind.Select(async member =>
        {
            if (await _presence.OfAsync(member.User, cancellationToken) is not { } record)
                return false;
            if (record.IsLive(_clock.GetUtcNow()))
                return true;
            var from = Math.Max(read.GetValueOrDefault(member.User).Read + 1, Math.Max(member.Since, room.Copied + 1));
            if (await _reader.ReadAsync(name, room, from, room.Seq, cancellationToken) is not { } events)
                return false;
            var unread = events.Where(one => one.Kind == EventKind.Text && one.By != member.User && one.Erased != true).ToList();
            return unread.Count == 0 || await _notices.PushAsync(
                "chat", string.Create(CultureInfo.InvariantCulture, $"{name}/{unread[^1].Seq}"), member.User, await NoticeAsync(name, room, unread, cancellationToken), cancellationToken);
        }));
        return told.All(done => done);
    }

    private async Task<Notice> NoticeAsync(string name, Room room, List<RoomEvent> unread, CancellationToken cancellationToken)
    {
        var last = unread[^1];
        var by = (await _profiles.OfAsync(last.By, cancellationToken) as DocumentRead<Profile>.Held)?.Value?.Name ?? last.By;
        var cut = last.Text!.Length <= MostCharacters ? last.Text.Length : char.IsHighSurrogate(last.Text[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters;
        var text = cut == last.Text.Length ? last.Text : $"{last.Text[..cut].TrimEnd()}…";
        var title = room.Kind == RoomKind.Direct ? by : $"{by} · {room.Name}";
        return new Notice("chat", unread.Count == 1 ? title : string.Create(CultureInfo.InvariantCulture, $"{title} ({unread.Count})"), text, name, Life);
    }
}
