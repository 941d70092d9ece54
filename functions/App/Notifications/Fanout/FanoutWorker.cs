using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>
/// Expands a chunk of recipients to batches and puts those on their carriers' queues. It may be cut off anywhere and run again: the plan and the batches are each written once, and a batch
/// that is queued twice is sent once.
/// </summary>
public sealed partial class FanoutWorker
{
    private const int ReadsAtOnce = 16;

    private readonly LedgerStore _ledger;
    private readonly PeopleStore _people;
    private readonly NotifyQueues _queues;
    private readonly TimeProvider _clock;
    private readonly ILogger<FanoutWorker> _logger;

    internal FanoutWorker(
        LedgerStore ledger, PeopleStore people, NotifyQueues queues, TimeProvider clock, ILogger<FanoutWorker> logger) =>
        (_ledger, _people, _queues, _clock, _logger) = (ledger, people, queues, clock, logger);

    /// <summary>Expands it; when the storage does not answer, another message goes on a little later.</summary>
    internal async Task RunAsync(ChunkName chunk, CancellationToken cancellationToken)
    {
        try
        {
            await ExpandAsync(chunk, cancellationToken);
        }
        catch (StorageUnansweredException unanswered)
        {
            LogUnanswered(unanswered, chunk);
            await _queues.ExpandAsync([chunk], _clock.GetUtcNow() + NotifyQueues.StoragePause, CancellationToken.None);
        }
    }

    private async Task ExpandAsync(ChunkName chunk, CancellationToken cancellationToken)
    {
        var notification = (await _ledger.ReadAsync(chunk.Notification, cancellationToken)).Value($"notification {chunk.Notification}");
        if (notification is null || chunk.Number >= notification.Chunks.Count())
        {
            LogUnknown(chunk);
            return;
        }

        var plan = (await _ledger.ReadAsync(chunk, cancellationToken)).Value($"chunk {chunk}")
            ?? (await _ledger.AddAsync(chunk, await PlanAsync(notification, chunk, cancellationToken), cancellationToken)).Value($"chunk {chunk}");
        await Task.WhenAll(plan.Batches(chunk).Select(batch => QueueAsync(notification, batch.Name, batch.Deliveries, cancellationToken)));
    }

    private async Task<ChunkPlan> PlanAsync(Notification notification, ChunkName chunk, CancellationToken cancellationToken)
    {
        var first = chunk.Number * Notification.ChunkSize;
        var read = new List<(int Recipient, Person? Person)>();
        foreach (var some in Enumerable.Range(first, Math.Min(Notification.ChunkSize, notification.Recipients.Length - first)).Chunk(ReadsAtOnce))
        {
            read.AddRange(await Task.WhenAll(some.Select(async number =>
                (number, (await _people.ReadAsync(notification.Recipients[number].User, cancellationToken)).Value("a recipient")))));
        }

        return Expansion.Of(notification, read, _clock.GetUtcNow());
    }

    private async Task QueueAsync(Notification notification, BatchName name, PlannedDelivery[] planned, CancellationToken cancellationToken)
    {
        var batch = Batch.Of(_clock.GetUtcNow(), planned.Select(one => new Delivery(
            one.Recipient, notification.Recipients[one.Recipient].User, one.Device,
            one.Suppressed is null ? DeliveryState.Queued : DeliveryState.Suppressed, one.Suppressed, one.NotBefore, ImmutableArray<Attempt>.Empty)));
        var stored = (await _ledger.AddAsync(name, batch, cancellationToken)).Value($"batch {name}");
        var due = stored.NextDue;
        if (!stored.IsDone && _queues.Takes(due))
            await _queues.SendAsync(name, due, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Chunk {Chunk} goes on later: the storage does not answer")]
    private partial void LogUnanswered(Exception unanswered, ChunkName chunk);

    [LoggerMessage(Level = LogLevel.Error, Message = "Chunk {Chunk} belongs to no notification that is stored")]
    private partial void LogUnknown(ChunkName chunk);
}
