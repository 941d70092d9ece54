using System.Collections.Immutable;

namespace Serverless.Replication;

/// <summary>What one repair of a partition found and did.</summary>
/// <param name="Complete">Every owner that votes was compared, and all that was found was repaired: they hold the same now, but for writes on their way.</param>
/// <param name="Differences">Keys whose rows differed.</param>
/// <param name="Rebuilt">Leaves that did not match their rows.</param>
internal sealed record RepairOutcome(bool Complete, int Differences, int Rebuilt);

/// <summary>
/// Brings the owners of one partition to the same state (anti-entropy): compares their trees, reads the rows that differ, merges
/// them and writes the result wherever something of it is missing. Bounded; whatever it did stays done. It writes nothing under a view that is not in force
/// any more: who owned the partition then may have dropped it since.
/// </summary>
internal sealed class PartitionRepair(ClusterViews views, ClusterView view, int partition, CommitLog log, Ballots ballots)
{
    /// <summary>Keys repaired in one run: 1,000. The next run goes on.</summary>
    public const int MostKeys = 1_000;

    /// <summary>A key that changed in the last 60 s is left out, unless the caller says otherwise: its writes may still be on their way.</summary>
    public static readonly TimeSpan Unsettled = TimeSpan.FromSeconds(60);

    private const int KeysAtOnce = 8;

    private readonly string _name = PartitionNames.Of(partition);

    /// <summary>The owners that are compared. One that is being refilled has a tree of its own soon enough.</summary>
    private ImmutableArray<Node> Voting { get; } = [.. view.Owners(partition).Where(node => node.Votes)];

    /// <param name="unsettled">Keys that changed so recently are left out.</param>
    /// <param name="cancellationToken">Stops between keys.</param>
    public async Task<RepairOutcome> RunAsync(TimeSpan unsettled, CancellationToken cancellationToken)
    {
        var before = unsettled == TimeSpan.Zero ? long.MaxValue : (ballots.Clock.GetUtcNow() - unsettled).ToUnixTimeSeconds();
        var comparison = new TreeComparison([.. Voting.Select(node => new NodeTree(node, _name))], before);
        var rows = await comparison.RunAsync(MostKeys, cancellationToken);
        var (seen, repaired, differences) = (0, 0, 0);
        foreach (var some in rows.Chunk(KeysAtOnce))
        {
            if (!await views.IsCurrentAsync(view, cancellationToken))
                break;
            var outcomes = await Task.WhenAll(some.Select(row => RepairAsync(row, comparison.Answered, cancellationToken)));
            seen += outcomes.Length;
            differences += outcomes.Count(o => o != KeyRepair.Same);
            repaired += outcomes.Count(o => o != KeyRepair.Failed);
        }

        // The trees say that a key differs and its rows do not: the trees are wrong.
        var wrong = unsettled > TimeSpan.Zero && (comparison.Spoiled || differences < seen);
        var rebuilt = wrong ? await ScrubAsync(cancellationToken) : 0;
        var complete = comparison.Whole && comparison.Answered.Count == Voting.Length && repaired == rows.Count && rows.Count < MostKeys && rebuilt is 0;
        return new RepairOutcome(complete, differences, rebuilt ?? 0);
    }

    /// <summary>Checks the trees of all owners against their rows; how many leaves were rebuilt, null when one could not be checked.</summary>
    public async Task<int?> ScrubAsync(CancellationToken cancellationToken)
    {
        var rebuilt = await Task.WhenAll(Voting.Select(node => new TreeScrub(node, _name).RunAsync(cancellationToken)));
        return Array.Exists(rebuilt, r => r is null) ? null : rebuilt.Sum();
    }

    private async Task<KeyRepair> RepairAsync(string row, IReadOnlyList<Node> nodes, CancellationToken cancellationToken)
    {
        if (ReplicaKey.FromRow(row) is not { } key)
            return KeyRepair.Failed;

        var lanes = RowLane.OfOwners(view, key, nodes, log);
        var read = await Task.WhenAll(lanes.Select(lane => lane.ReadAsync(cancellationToken)));
        if (!Array.TrueForAll(read, r => r))
            return KeyRepair.Failed;
        var merged = lanes.Aggregate(VersionSet.Empty, (all, lane) => all.Merge(lane.Row!.Set));
        var agree = lanes.Select(lane => lane.Row!.Register?.Accepted ?? Ballot.None).Distinct().Count() == 1;
        if (agree && lanes.TrueForAll(lane => lane.Row!.Set.SameAs(merged)))
            return KeyRepair.Same;
        var written = await Task.WhenAll(lanes.Select(lane => lane.MergeAsync(merged, cancellationToken)));
        return Array.TrueForAll(written, w => w) && (agree || await RegisterRepair.RunAsync(view, key, log, ballots, cancellationToken))
            ? KeyRepair.Done
            : KeyRepair.Failed;
    }

    private enum KeyRepair
    {
        Same,
        Done,
        Failed,
    }
}
