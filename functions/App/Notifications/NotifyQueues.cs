using System.Globalization;
using Serverless.Queues;

namespace Serverless.Notifications;

/// <summary>Asks for a chunk of recipients to be expanded.</summary>
/// <param name="Chunk">Its name.</param>
public sealed record FanoutMessage(string Chunk);

/// <summary>Asks for a batch to be sent.</summary>
/// <param name="Batch">Its name.</param>
public sealed record BatchMessage(string Batch);

/// <summary>Puts the room's messages on its queues.</summary>
public sealed class NotifyQueues(IMessageSender sender, TimeProvider clock)
{
    /// <summary>The queue of chunks to be expanded.</summary>
    public const string Fanout = "notify-fanout";

    /// <summary>A message is sent at most so long ahead: 6 days, within every queue's bound. What is due later the sweeper sends.</summary>
    public static readonly TimeSpan Furthest = TimeSpan.FromDays(6);

    /// <summary>The pause while the storage does not answer: 15 seconds. Giving the message back would have it delivered again at once, and soon be a dead letter.</summary>
    public static readonly TimeSpan StoragePause = TimeSpan.FromSeconds(15);

    /// <summary>Asks for chunks to be expanded, at once or then.</summary>
    internal Task ExpandAsync(IEnumerable<ChunkName> chunks, DateTimeOffset? due, CancellationToken cancellationToken) =>
        sender.SendAsync(Fanout, [.. chunks.Select(chunk => Message(chunk.ToString(), new FanoutMessage(chunk.ToString()), due))], cancellationToken);

    /// <summary>Asks for a batch to be sent, at once or then.</summary>
    internal Task SendAsync(BatchName batch, DateTimeOffset? due, CancellationToken cancellationToken) =>
        sender.SendAsync(batch.Carrier.Queue(), [Message(batch.ToString(), new BatchMessage(batch.ToString()), due)], cancellationToken);

    /// <summary>Whether something due then may be put on a queue now.</summary>
    internal bool Takes(DateTimeOffset? due) => due is null || due - clock.GetUtcNow() <= Furthest;

    // Each has an id of its own: a repetition is meant, and receivers are idempotent.
    private OutgoingMessage Message<T>(string name, T body, DateTimeOffset? due)
    {
        var now = clock.GetUtcNow();
        return new($"{name}-{(due ?? now).UtcTicks.ToString("x", CultureInfo.InvariantCulture)}", BinaryData.FromObjectAsJson(body), due > now ? due : null);
    }
}
