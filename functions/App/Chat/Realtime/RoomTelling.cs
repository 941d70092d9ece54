using Microsoft.Extensions.Logging;

namespace Serverless.Chat;

/// <summary>Passes on what rooms decide: to those who are connected, to rooms' newest and former members, and to those who are not there.</summary>
internal sealed partial class RoomTelling(Pushes pushes, AbsentSchedule absent, ChatMetrics metrics, ILogger<RoomTelling> logger) : IRoomListener
{
    public async Task CommittedAsync(string room, Room now, IReadOnlyList<RoomEvent> events)
    {
        metrics.Committed(events);
        var joined = events.Where(one => one.Kind == EventKind.Joined).Select(one => one.User!).ToList();
        var left = events.Where(one => one.Kind == EventKind.Left).Select(one => one.User!).ToList();

        // Who joined hears of it with the others; who left no longer.
        await Task.WhenAll(joined.Select(user => pushes.JoinAsync(user, room)).Concat(left.Select(user => pushes.LeaveAsync(user, room))));
        await Task.WhenAll(
        [
            pushes.ToRoomAsync(room, ChatEvents.Events(room, events), ChatEvents.Head(room, events[^1].Seq)),
            .. joined.Select(user => pushes.ToUserAsync(user, ChatEvents.Membership(room, true))),
            .. left.Select(user => pushes.ToUserAsync(user, ChatEvents.Membership(room, false))),
            events.Any(one => one.Kind == EventKind.Text) ? LookLaterAsync(room) : Task.CompletedTask,
        ]);
    }

    private async Task LookLaterAsync(string room)
    {
        try
        {
            await absent.AddAsync(room, CancellationToken.None);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogAbsent(failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Members who are absent may not be notified of a message")]
    private partial void LogAbsent(Exception failure);
}
