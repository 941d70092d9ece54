using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Serverless.Replication;

/// <summary>
/// Forgets deleted keys, and rows that hold nothing, when they are old and it is proved that nothing can bring back what they deleted
/// (<see cref="ReapLook"/>): in the partitions whose first healthy owner this region looks after, under a lease per partition, first those looked at longest ago.
/// A partition is looked at every eighth of the reap age, and again soon when a look found something that may go. Bounded by its token; resumable, because
/// each partition remembers how far the last look came. Nothing is forgotten while a node is being refilled or the membership changes.
/// </summary>
public sealed partial class TombstoneReaper(
    ClusterViews views, StampDuties duties, CommitLog log, IOptions<ReplicationOptions> options, TimeProvider clock, Random random, ILogger<TombstoneReaper> logger)
{
    /// <summary>How long a partition is leased: 1 minute. A look that takes longer is cut off and resumed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private const int PartitionsAtOnce = 4;
    private const int LooksPerAge = 8;

    private readonly PartitionTurns<ReapRecord> _turns = new(duties, ReapRecord.Row, ReapRecord.None, Lease, clock);

    /// <summary>Goes on until every partition was looked at or <paramref name="cancellationToken"/> ends it; how many keys were forgotten.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (await views.RefreshAsync(cancellationToken) is not { } view || view.Document.Move is not null || view.Nodes.Values.Any(node => !node.Votes))
            return 0;

        var reaped = 0;
        foreach (var some in (await _turns.DueAsync(view, Rest, cancellationToken)).Chunk(PartitionsAtOnce))
        {
            if (cancellationToken.IsCancellationRequested)
                break;
            var looks = await Task.WhenAll(some.Select(turn => LookAsync(view, turn, cancellationToken)));
            reaped += looks.Sum();
        }

        if (reaped > 0)
            LogReaped(reaped);
        return reaped;
    }

    private TimeSpan Rest(ReapRecord record) => record.IsClear || record.After is not null
        ? ReapLook.QuietFor(options.Value)
        : TimeSpan.FromMinutes(options.Value.ReapMinutes) / LooksPerAge;

    private async Task<int> LookAsync(ClusterView view, PartitionTurn<ReapRecord> turn, CancellationToken cancellationToken)
    {
        // A look that does not end proves nothing.
        var startedAt = clock.GetUtcNow();
        var leased = turn.Record with { LeaseEnd = startedAt + Lease, IsClear = false };
        if (await turn.WriteAsync(leased, ReapRecord.Row, turn.ETag, cancellationToken) is not { } etag)
            return 0;

        using var lease = new CancellationTokenSource(Lease, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lease.Token, cancellationToken);
        var look = SecureRandom.Next64(random);
        var outcome = await new ReapLook(views, view, turn.Partition, turn.Leader, log, options.Value, clock).RunAsync(turn.Record, look, either.Token);
        var record = new ReapRecord(clock.GetUtcNow(), startedAt, look, outcome.IsClear, outcome.After);
        await turn.WriteAsync(record, ReapRecord.Row, etag, cancellationToken);
        return outcome.Reaped;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Keys} keys that had been deleted are forgotten")]
    private partial void LogReaped(int keys);
}
