using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>
/// Looks at chunks that are not done and puts back on the queues what is missing there: a notification whose message was never sent, a batch whose message was lost with a region's queue. A chunk that
/// is done leaves. Each region looks after the chunks that it accepted, and after those of a region that has not looked for ten minutes. Runs may overlap: a message too many does no harm.
/// </summary>
public sealed class OpenSweeper
{
    /// <summary>A chunk is looked at so long after it was to be done: 1 minute.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Chunks of another region are looked at when that is so late: 10 minutes.</summary>
    public static readonly TimeSpan TakeOver = TimeSpan.FromMinutes(10);

    // What was noted for longer without a notification never will have one: accepting it ended, one way or the other, long ago.
    private static readonly TimeSpan Acceptance = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private const int AtOnce = 8;

    private readonly OpenChunks _open;
    private readonly LedgerStore _ledger;
    private readonly NotifyQueues _queues;
    private readonly ClusterViews _views;
    private readonly TimeProvider _clock;

    internal OpenSweeper(
        OpenChunks open, LedgerStore ledger, NotifyQueues queues, ClusterViews views, TimeProvider clock) =>
        (_open, _ledger, _queues, _views, _clock) = (open, ledger, queues, views, clock);

    /// <summary>How many messages were sent, and how many chunks left.</summary>
    public async Task<(int Sent, int Done)> RunAsync(CancellationToken cancellationToken)
    {
        var (sent, done) = (0, 0);
        for (var slot = 0; slot < OpenChunks.Slots && !cancellationToken.IsCancellationRequested; slot++)
        {
            if (await _open.ReadAsync(slot, cancellationToken) is not { } chunks)
                continue;
            var now = _clock.GetUtcNow();
            var changes = new Dictionary<string, Func<OpenChunk, OpenChunk?>>(StringComparer.Ordinal);
            foreach (var some in chunks.Chunks.Where(one => IsOurs(one.Value, now)).Chunk(AtOnce))
            {
                foreach (var (name, look) in await Task.WhenAll(some.Select(async one => (one.Key, Look: await LookAsync(one.Key, one.Value, now, cancellationToken)))))
                {
                    if (look is null)
                        continue;
                    (sent, done) = (sent + look.Sent, done + (look.IsDone ? 1 : 0));
                    changes[name] = there => look.IsDone ? null : there with { Look = look.Again, Looks = look.Sent > 0 ? there.Looks + 1 : there.Looks };
                }
            }

            if (changes.Count > 0)
                await _open.ChangeAsync(slot, changes, cancellationToken);
        }

        return (sent, done);
    }

    private bool IsOurs(OpenChunk chunk, DateTimeOffset now) =>
        chunk.Parked is null && chunk.Look + (chunk.Region == _views.Region ? TimeSpan.Zero : TakeOver) <= now;

    // Null when the storage does not answer: the next run looks again.
    private async Task<Look?> LookAsync(string name, OpenChunk chunk, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (ChunkName.Parse(name) is not { } chunkName)
            return Look.Done;
        if (await _ledger.ReadAsync(chunkName.Notification, cancellationToken) is not DocumentRead<Notification>.Held(var notification))
            return null;
        var pause = TimeSpan.FromMinutes(Math.Min(Math.Pow(2, Math.Min(chunk.Looks, 10)), LongestPause.TotalMinutes));
        if (notification is null)
            return now - chunk.Noted > Acceptance ? Look.Done : new Look(0, now + Patience);
        if (notification.NotBefore > now)
            return new Look(0, notification.NotBefore.Value);
        if (await _ledger.ReadAsync(chunkName, cancellationToken) is not DocumentRead<ChunkPlan>.Held(var plan))
            return null;
        if (plan is null)
            return await ExpandAsync(chunkName, now + pause, cancellationToken);

        var (sent, next) = (0, DateTimeOffset.MaxValue);
        foreach (var (batchName, _) in plan.Batches(chunkName))
        {
            if (await _ledger.ReadAsync(batchName, cancellationToken) is not DocumentRead<Batch>.Held(var batch))
                return null;
            if (batch is null)
                return await ExpandAsync(chunkName, now + pause, cancellationToken);
            if (batch.IsDone)
                continue;
            var waits = batch.Claim?.Until ?? batch.NextDue ?? now;
            if (waits + Patience <= now || batch.NextDue is null && batch.Claim is null)
            {
                await _queues.SendAsync(batchName, null, cancellationToken);
                (sent, waits) = (sent + 1, now + pause - Patience);
            }

            next = waits < next ? waits : next;
        }

        return next == DateTimeOffset.MaxValue ? Look.Done : new Look(sent, next + Patience < now + LongestWait ? next + Patience : now + LongestWait);
    }

    private async Task<Look> ExpandAsync(ChunkName chunk, DateTimeOffset again, CancellationToken cancellationToken)
    {
        await _queues.ExpandAsync([chunk], null, cancellationToken);
        return new Look(1, again);
    }

    private sealed record Look(int Sent, DateTimeOffset Again)
    {
        public static readonly Look Done = new(0, default) { IsDone = true };

        public bool IsDone { get; private init; }
    }
}
