using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>Puts together all that is known of one notification.</summary>
public sealed class LedgerReader(LedgerStore ledger)
{
    private const int ReadsAtOnce = 16;

    internal async Task<LedgerRead> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var read = await ledger.ReadAsync(id, cancellationToken);
        if (read is DocumentRead<Notification>.NoQuorum(var answered, var needed))
            return new LedgerRead.NoQuorum(answered, needed);
        if (read is not DocumentRead<Notification>.Held { Value: { } notification })
            return new LedgerRead.Unknown();

        var plans = await Task.WhenAll(notification.Chunks.Select(async chunk => (chunk, Read: await ledger.ReadAsync(chunk, cancellationToken))));
        if (plans.Select(one => one.Read).OfType<DocumentRead<ChunkPlan>.NoQuorum>().FirstOrDefault() is { } noPlan)
            return new LedgerRead.NoQuorum(noPlan.Answered, noPlan.Needed);
        var planned = plans.Select(one => (one.chunk, Plan: ((DocumentRead<ChunkPlan>.Held)one.Read).Value)).Where(one => one.Plan is not null).ToList();
        var entries = new List<LedgerEntry>();
        var isDone = planned.Count == plans.Length;
        foreach (var some in planned.SelectMany(one => one.Plan!.Batches(one.chunk)).Chunk(ReadsAtOnce))
        {
            foreach (var (name, found) in await Task.WhenAll(some.Select(async batch => (batch.Name, await ledger.ReadAsync(batch.Name, cancellationToken)))))
            {
                if (found is DocumentRead<Batch>.NoQuorum(var few, var wanted))
                    return new LedgerRead.NoQuorum(few, wanted);
                var stored = ((DocumentRead<Batch>.Held)found).Value;
                isDone &= stored is not null && stored.Deliveries.All(delivery => delivery.IsFinal);
                if (stored is not null)
                    entries.AddRange(stored.Deliveries.Select((delivery, number) => new LedgerEntry(new DeliveryName(name, number), stored.Queued, delivery)));
            }
        }

        return new LedgerRead.Found(notification, entries, isDone);
    }
}

/// <param name="Name">The delivery's.</param>
/// <param name="Queued">When it was put on its carrier's queue.</param>
/// <param name="Delivery">How it stands.</param>
internal sealed record LedgerEntry(DeliveryName Name, DateTimeOffset Queued, Delivery Delivery);

internal abstract record LedgerRead
{
    /// <param name="Notification">As it was accepted.</param>
    /// <param name="Entries">Its deliveries, as far as its chunks were expanded.</param>
    /// <param name="IsDone">All of them have come to an end.</param>
    public sealed record Found(Notification Notification, IReadOnlyList<LedgerEntry> Entries, bool IsDone) : LedgerRead;

    public sealed record Unknown : LedgerRead;

    public sealed record NoQuorum(int Answered, int Needed) : LedgerRead;
}
