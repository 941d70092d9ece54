using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>What a recipient did with a delivery.</summary>
internal enum DeliveryEvent
{
    Opened,
    Clicked,
}

/// <summary>Notes what recipients did, each once for a delivery, and counts it.</summary>
public sealed class EventRecorder
{
    private readonly LedgerStore _ledger;
    private readonly Settlement _settlement;
    private readonly TimeProvider _clock;

    internal EventRecorder(LedgerStore ledger, Settlement settlement, TimeProvider clock) => (_ledger, _settlement, _clock) = (ledger, settlement, clock);

    /// <summary>Notes it; null when there is no such delivery, false when that cannot be told.</summary>
    internal async Task<bool?> RecordAsync(DeliveryName name, DeliveryEvent what, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        switch (await _ledger.ChangeAsync(name.Batch, batch => Noted(batch, name.Number, what, now), cancellationToken))
        {
            case DocumentChange<Batch>.Written(var batch):
                if (await _ledger.ReadAsync(name.Batch.Chunk.Notification, cancellationToken) is DocumentRead<Notification>.Held { Value: { } notification })
                    await _settlement.RunAsync(notification, name.Batch, batch, CancellationToken.None);
                return true;
            case DocumentChange<Batch>.Unchanged(var batch):
                return batch is not null && name.Number < batch.Deliveries.Length ? true : null;
            default:
                return false;
        }
    }

    // Who clicked has opened it.
    private static Batch Noted(Batch batch, int number, DeliveryEvent what, DateTimeOffset now)
    {
        if (number >= batch.Deliveries.Length)
            return batch;
        var delivery = batch.Deliveries[number];
        var noted = delivery with { Opened = delivery.Opened ?? now, Clicked = what == DeliveryEvent.Clicked ? delivery.Clicked ?? now : delivery.Clicked };
        return noted == delivery ? batch : batch with { Deliveries = batch.Deliveries.SetItem(number, noted) };
    }
}
