using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Serverless.Replication;

/// <summary>
/// Compares and repairs the partitions whose first healthy owner this region looks after, those first that were compared longest ago,
/// under a lease per partition. Bounded by its token; resumable, because each partition remembers when it was compared. Each run
/// also scrubs the one partition whose trees were checked longest ago.
/// </summary>
public sealed partial class AntiEntropy(
    ClusterViews views, StampDuties duties, CommitLog log, Ballots ballots, IOptions<ReplicationOptions> options, TimeProvider clock, ILogger<AntiEntropy> logger)
{
    /// <summary>How long a partition is leased: 2 minutes. A run that dies leaves it to the next one then.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    // The timer fires every five minutes; a partition whose turn is later is left alone, as is one that was compared just now.
    private static readonly TimeSpan Timer = TimeSpan.FromMinutes(5);

    private const int PartitionsAtOnce = 4;

    // How often a run tells how far it is.
    private const int PartitionsPerWord = 32;

    private readonly PartitionTurns<RepairRecord> _turns = new(duties, RepairRecord.Row, RepairRecord.None, Lease, clock);

    /// <summary>Goes on until every partition was compared or <paramref name="cancellationToken"/> ends it.</summary>
    public async Task<SweepReport> RunAsync(CancellationToken cancellationToken)
    {
        if (await views.RefreshAsync(cancellationToken) is not { } view)
            return SweepReport.Empty;

        var report = SweepReport.Empty;
        var rest = TimeSpan.FromMinutes(options.Value.RepairMinutes) - Timer + PartitionTurns<RepairRecord>.JustNow;
        var due = await _turns.DueAsync(view, _ => rest, cancellationToken);
        var record = new SweepRecord(views.Region, clock.GetUtcNow(), null, due.Count, report);
        var scrubbed = due.Count > 0 ? due.MinBy(d => d.Record.ScrubTriedAt ?? default).Partition : -1;
        foreach (var some in due.Chunk(PartitionsAtOnce))
        {
            if (cancellationToken.IsCancellationRequested)
                return report;
            if (report.Partitions % PartitionsPerWord == 0)
                await (record with { Report = report }).WriteAsync(view, cancellationToken);
            var outcomes = await Task.WhenAll(some.Select(d => RepairAsync(view, d, d.Partition == scrubbed, cancellationToken)));
            report = outcomes.OfType<RepairOutcome>().Aggregate(report, (sum, outcome) => sum.With(outcome));
        }

        await (record with { Report = report, EndedAt = clock.GetUtcNow() }).WriteAsync(view, cancellationToken);
        if (report.Differences > 0 || report.Rebuilt > 0)
            LogRepaired(report.Partitions, report.Differences, report.Rebuilt);
        return report;
    }

    /// <summary>Compares and repairs partitions, owned by no matter whom, recent changes too; which of them are brought to the same state everywhere.</summary>
    internal async Task<IReadOnlyList<int>> CompareAsync(ClusterView view, IEnumerable<int> partitions, CancellationToken cancellationToken)
    {
        var complete = new List<int>();
        foreach (var some in partitions.Chunk(PartitionsAtOnce))
        {
            if (cancellationToken.IsCancellationRequested || !await views.IsCurrentAsync(view, cancellationToken))
                break;
            var outcomes = await Task.WhenAll(some.Select(p => new PartitionRepair(views, view, p, log, ballots).RunAsync(TimeSpan.Zero, cancellationToken)));
            complete.AddRange(some.Where((_, i) => outcomes[i].Complete));
        }

        return complete;
    }

    /// <summary>The first owner that votes and is up: its region compares the partition, and it keeps the record; null when there is none.</summary>
    internal static Node? LeaderOf(ClusterView view, int partition) =>
        view.Owners(partition).FirstOrDefault(node => node.Votes && !node.Health.IsDown);

    private async Task<RepairOutcome?> RepairAsync(ClusterView view, PartitionTurn<RepairRecord> due, bool scrub, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetUtcNow();
        var leased = due.Record with { LeaseEnd = startedAt + Lease };
        if (await due.WriteAsync(leased, RepairRecord.Row, due.ETag, cancellationToken) is not { } etag)
            return null;

        using var lease = new CancellationTokenSource(Lease, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lease.Token, cancellationToken);
        var repair = new PartitionRepair(views, view, due.Partition, log, ballots);
        var outcome = await repair.RunAsync(PartitionRepair.Unsettled, either.Token);
        var rebuilt = scrub ? await repair.ScrubAsync(either.Token) : null;
        var record = leased with
        {
            LeaseEnd = clock.GetUtcNow(),
            ComparedAt = startedAt,
            CompleteAt = outcome.Complete ? startedAt : leased.CompleteAt,
            ScrubTriedAt = scrub ? startedAt : leased.ScrubTriedAt,
            Differences = outcome.Differences,
        };
        await due.WriteAsync(record, RepairRecord.Row, etag, cancellationToken);
        return outcome with { Rebuilt = outcome.Rebuilt + (rebuilt ?? 0) };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Anti-entropy compared {Partitions} partitions: {Differences} keys differed and were repaired, {Rebuilt} leaves were rebuilt")]
    private partial void LogRepaired(int partitions, int differences, int rebuilt);
}

/// <summary>What one run of anti-entropy did.</summary>
/// <param name="Partitions">Partitions compared.</param>
/// <param name="Complete">Those of them whose owners all answered and now agree.</param>
/// <param name="Differences">Keys that differed.</param>
/// <param name="Rebuilt">Leaves that did not match their rows.</param>
public sealed record SweepReport(int Partitions, int Complete, int Differences, int Rebuilt)
{
    public static readonly SweepReport Empty = new(0, 0, 0, 0);

    internal SweepReport With(RepairOutcome outcome) =>
        new(Partitions + 1, Complete + (outcome.Complete ? 1 : 0), Differences + outcome.Differences, Rebuilt + outcome.Rebuilt);
}
