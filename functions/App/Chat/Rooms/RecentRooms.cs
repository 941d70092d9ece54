using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>Rooms as they were a moment ago: what heartbeats ask again and again, and may be a moment old. Thread-safe.</summary>
internal sealed class RecentRooms(RoomStore rooms, TimeProvider clock)
{
    /// <summary>How old an answer may be: 2 s.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(2);

    private const int MostRemembered = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long At, Task<DocumentRead<Room>> Room)> _recent = new(StringComparer.Ordinal);

    /// <summary>The last event's number, for a member; null for others, and when too few replicas answered.</summary>
    public async Task<long?> HeadAsync(string room, string user, CancellationToken cancellationToken) =>
        await GetAsync(room, cancellationToken) is DocumentRead<Room>.Held { Value: { } held } && held.MemberOf(user) is not null ? held.Seq : null;

    /// <summary>A room as it was at most <see cref="Age"/> ago.</summary>
    public Task<DocumentRead<Room>> GetAsync(string room, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_recent.TryGetValue(room, out var known) && clock.GetElapsedTime(known.At) < Age && !known.Room.IsFaulted && !known.Room.IsCanceled)
                return known.Room.WaitAsync(cancellationToken);
            if (_recent.Count >= MostRemembered)
                _recent.Clear();
            var asked = rooms.GlanceAsync(room, CancellationToken.None);
            _recent[room] = (clock.GetTimestamp(), asked);
            return asked.WaitAsync(cancellationToken);
        }
    }
}
