using Serverless.Ids;
using Serverless.Queues;

namespace Serverless.Chat;

/// <summary>Asks for a room's absent members to be looked for.</summary>
/// <param name="Room">Which room.</param>
public sealed record AbsentMessage(string Room);

/// <summary>Has rooms looked at a while after something was said in them. One look serves all that was said before it.</summary>
internal sealed class AbsentSchedule(IMessageSender sender, Uuid7Generator ids, TimeProvider clock)
{
    /// <summary>The queue of rooms to be looked at.</summary>
    public const string Queue = "chat-absent";

    /// <summary>How long a message waits to be read: 10 s.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan StoragePause = TimeSpan.FromSeconds(15);

    private const int MostRemembered = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _due = new(StringComparer.Ordinal);

    /// <summary>Has a room looked at after a while, unless it is going to be.</summary>
    public Task AddAsync(string room, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            if (_due.GetValueOrDefault(room) > now)
                return Task.CompletedTask;
            if (_due.Count >= MostRemembered)
                _due.Clear();
            _due[room] = now + Wait;
        }

        return SendAsync(room, now + Wait, cancellationToken);
    }

    /// <summary>Has a room looked at again, since too few replicas answered.</summary>
    public Task AgainAsync(string room, CancellationToken cancellationToken) => SendAsync(room, clock.GetUtcNow() + StoragePause, cancellationToken);

    private Task SendAsync(string room, DateTimeOffset due, CancellationToken cancellationToken) =>
        sender.SendAsync(Queue, [new OutgoingMessage(ids.Next().ToString("n"), BinaryData.FromObjectAsJson(new AbsentMessage(room)), due)], cancellationToken);
}
