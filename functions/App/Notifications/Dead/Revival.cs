using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>Lets dead letters begin anew, at an operator's word.</summary>
public sealed class Revival(LedgerStore ledger, OpenChunks open, DeadLetters dead, NotifyQueues queues, TimeProvider clock)
{
    /// <summary>Lets a delivery, or a chunk whose messages could not be carried out, begin anew.</summary>
    internal async Task<RevivalResult> ReviveAsync(string id, CancellationToken cancellationToken) =>
        DeliveryName.Parse(id) is { } delivery ? await ReviveAsync(delivery, cancellationToken)
        : ChunkName.Parse(id) is { } chunk ? await ReviveAsync(chunk, cancellationToken)
        : new RevivalResult.Unknown();

    private async Task<RevivalResult> ReviveAsync(DeliveryName name, CancellationToken cancellationToken)
    {
        if (await ledger.ReadAsync(name.Batch.Chunk.Notification, cancellationToken) is not DocumentRead<Notification>.Held(var notification))
            return new RevivalResult.NoQuorum();
        var now = clock.GetUtcNow();
        if (notification is null)
            return new RevivalResult.Unknown();

        // Open again before it is queued again: whatever happens between, it is found.
        if (await OpenAsync(name.Batch.Chunk, cancellationToken) is { } unopened)
            return unopened;
        var change = await ledger.ChangeAsync(name.Batch, batch => Revived(batch, name.Number, notification, now), cancellationToken);
        switch (change)
        {
            case DocumentChange<Batch>.Written:
                await dead.RemoveAsync(name.ToString(), cancellationToken);
                await queues.SendAsync(name.Batch, null, cancellationToken);
                return new RevivalResult.Revived();
            case DocumentChange<Batch>.Unchanged({ } batch) when name.Number < batch.Deliveries.Length:
                return new RevivalResult.Refused(WhyNot(batch.Deliveries[name.Number], notification, now));
            case DocumentChange<Batch>.Unchanged:
                return new RevivalResult.Unknown();
            default:
                return new RevivalResult.NoQuorum();
        }
    }

    private async Task<RevivalResult> ReviveAsync(ChunkName chunk, CancellationToken cancellationToken)
    {
        if (await open.ReadAsync(OpenChunks.SlotOf(chunk.Notification), cancellationToken) is not { } slot)
            return new RevivalResult.NoQuorum();
        if (!slot.Chunks.TryGetValue(chunk.ToString(), out var there))
            return new RevivalResult.Unknown();
        if (there.Parked is null)
            return new RevivalResult.Refused("It is not a dead letter: it is being sent.");
        if (await OpenAsync(chunk, cancellationToken) is { } unopened)
            return unopened;
        await dead.RemoveAsync(chunk.ToString(), cancellationToken);

        // What its batches lack the sweeper sends.
        await queues.ExpandAsync([chunk], null, cancellationToken);
        return new RevivalResult.Revived();
    }

    private async Task<RevivalResult?> OpenAsync(ChunkName chunk, CancellationToken cancellationToken) =>
        await open.ReopenAsync(chunk, clock.GetUtcNow(), cancellationToken) is DocumentChange<OpenSlot>.Written or DocumentChange<OpenSlot>.Unchanged ? null : new RevivalResult.NoQuorum();

    private static Batch Revived(Batch batch, int number, Notification notification, DateTimeOffset now)
    {
        if (number >= batch.Deliveries.Length || WhyNot(batch.Deliveries[number], notification, now).Length > 0)
            return batch;
        var delivery = batch.Deliveries[number];
        return batch with
        {
            Deliveries = batch.Deliveries.SetItem(number, delivery with { State = DeliveryState.Queued, Why = null, Due = now, Revived = delivery.Attempts.Length }),
        };
    }

    // Empty when it may begin anew.
    private static string WhyNot(Delivery delivery, Notification notification, DateTimeOffset now) =>
        now >= notification.Expires ? "The notification has expired."
        : delivery.State is DeliveryState.Failed or DeliveryState.Unknown && delivery.Why != Delivery.AddressDead ? ""
        : delivery.Why == Delivery.AddressDead ? "Its address is dead: nothing is ever sent there again."
        : $"It is {delivery.State.ToString().ToLowerInvariant()}: only what failed, or was given up in doubt, may be tried again.";
}

/// <summary>What became of an order to begin anew.</summary>
internal abstract record RevivalResult
{
    public sealed record Revived : RevivalResult;

    public sealed record Unknown : RevivalResult;

    /// <param name="Why">A sentence.</param>
    public sealed record Refused(string Why) : RevivalResult;

    public sealed record NoQuorum : RevivalResult;
}
