using System.Collections.Immutable;

namespace Serverless.Replication;

/// <summary>What one look at a partition found and did.</summary>
/// <param name="IsClear">It is worth coming back soon: something waits, and nothing can bring back what that had deleted.</param>
/// <param name="After">Where the next look goes on; null when this one saw all.</param>
/// <param name="Reaped">Keys forgotten.</param>
internal readonly record struct ReapOutcome(bool IsClear, string? After, int Reaped);

/// <summary>
/// One look at one partition for keys that may be forgotten. What such a key had deleted could come back from four places. From an owner:
/// the rows of all owners are read and must be equal, and so must their trees. From a hint: every node has answered that it holds none for the partition.
/// From a hint that was being handed over: no node held one at the look before either, and what was on its way then has ended since
/// (<see cref="QuietFor"/>). From a write or a repair on its way: the rows were old, by their own storage's clock, when the look before began, and nothing is on its way for that long.
/// <para>
/// The rows go one owner after the other, each under its ETag together with its log row, the leader's last. A write in between changes an ETag and
/// stays. After a failure or a crash anti-entropy puts the tombstone back from an owner that kept it, and it is reaped when it is old again: an owner without it
/// forgets a deletion, and there is no value left for it to bring back. A key written anew begins with a fresh epoch, and a register with a greater ballot than any that is forgotten.
/// </para>
/// </summary>
internal sealed class ReapLook(ClusterViews views, ClusterView view, int partition, Node leader, CommitLog log, ReplicationOptions options, TimeProvider clock)
{
    /// <summary>Keys forgotten in one look: 1,000. The next look goes on.</summary>
    public const int MostKeys = 1_000;

    /// <summary>Rows read in one look: about 10,000. The next look goes on, so that the lease of a large partition does not end each look before it has come to anything.</summary>
    public const int MostRows = 10_000;

    private const int KeysAtOnce = 8;
    private const int NodesAtOnce = 8;

    private readonly string _name = PartitionNames.Of(partition);

    // The leader is the last to forget a key: while it has the row, the next look finds it.
    private readonly ImmutableArray<Node> _owners = [.. view.Owners(partition).OrderBy(owner => owner == leader)];

    /// <summary>How long a look that found no hints lies back before anything is deleted: that look has ended, the leases of what handed hints over before it, and what that sent.</summary>
    public static TimeSpan QuietFor(ReplicationOptions options) => TombstoneReaper.Lease + HintHandover.Lease + TimeSpan.FromSeconds(options.SettleSeconds);

    /// <param name="last">What the look before left.</param>
    /// <param name="look">Random; names this one.</param>
    /// <param name="cancellationToken">Stops between keys.</param>
    public async Task<ReapOutcome> RunAsync(ReapRecord last, ulong look, CancellationToken cancellationToken)
    {
        var nothing = new ReapOutcome(false, last.After, 0);
        var marks = await Task.WhenAll(_owners.Select(owner => ReapMark.LeaveAsync(owner, _name, look, cancellationToken)));
        if (last.Look == 0 || !Array.TrueForAll(marks, mark => mark?.Before == last.Look))
            return nothing;

        var olds = marks.Select(mark => mark!.Value.BeforeAt - TimeSpan.FromMinutes(options.ReapMinutes)).ToList();
        var (keys, after) = await FindAsync(last.After, olds[^1], cancellationToken);
        if (keys.Count == 0)
            return nothing with { After = after };
        if (!await AgreesAsync(cancellationToken) || !await HasNoHintsAsync(cancellationToken))
            return nothing;
        if (!last.IsClear || !Array.TrueForAll(marks, mark => mark!.Value.Now - mark.Value.BeforeAt >= QuietFor(options)))
            return nothing with { IsClear = true };
        if (!await views.ConfirmAsync(view, cancellationToken))
            return nothing;

        var reaped = 0;
        foreach (var some in keys.Chunk(KeysAtOnce))
        {
            var gone = await Task.WhenAll(some.Select(key => ReapAsync(key, olds, cancellationToken)));
            reaped += gone.Count(g => g);
        }

        return new ReapOutcome(after is not null, after, reaped);
    }

    // On the leader: on the way to a deletion the others hold the same. Of rows without anything the leader's are found, which is most of them.
    private async Task<(List<ReplicaKey> Keys, string? After)> FindAsync(string? from, DateTimeOffset old, CancellationToken cancellationToken)
    {
        var (keys, at, rows) = (new List<ReplicaKey>(), from, 0);
        var all = await KeyRows.ForEachPageAsync(leader.Replica, _name, from ?? KeyRows.Owned, page =>
        {
            keys.AddRange(page.Where(row => ReplicaRowCodec.TryDecode(row.Data) is { } held && ReapRule.IsOver(held, row.Written, old))
                .Select(row => ReplicaKey.FromRow(row.Name)).OfType<ReplicaKey>());
            at = page[^1].Name;
            rows += page.Count;
            return Task.FromResult(keys.Count < MostKeys && rows < MostRows && !cancellationToken.IsCancellationRequested);
        }, cancellationToken);
        return (keys, all ? null : at);
    }

    // But for keys that changed just now, as in anti-entropy; what differs is that one's to repair.
    private async Task<bool> AgreesAsync(CancellationToken cancellationToken)
    {
        var comparison = new TreeComparison(
            [.. _owners.Select(owner => new NodeTree(owner, _name))], (clock.GetUtcNow() - PartitionRepair.Unsettled).ToUnixTimeSeconds());
        return (await comparison.RunAsync(1, cancellationToken)).Count == 0
            && comparison is { Whole: true, Spoiled: false } && comparison.Answered.Count == _owners.Length;
    }

    private async Task<bool> HasNoHintsAsync(CancellationToken cancellationToken)
    {
        foreach (var some in view.Nodes.Values.Chunk(NodesAtOnce))
        {
            var free = await Task.WhenAll(some.Select(node => HasNoHintsAsync(node, cancellationToken)));
            if (!Array.TrueForAll(free, f => f))
                return false;
        }

        return true;
    }

    private async Task<bool> HasNoHintsAsync(Node node, CancellationToken cancellationToken)
    {
        if (await HintHandover.StatesAsync(view, node, cancellationToken) is not { } states)
            return false;
        foreach (var state in states)
        {
            if (await node.Replica.ListAsync(HintNames.PartitionOf(state.Owner), HintNames.Prefix(_name), HintNames.AfterPrefix(_name), 1, cancellationToken) is not RowList.Page([]))
                return false;
        }

        return true;
    }

    private async Task<bool> ReapAsync(ReplicaKey key, List<DateTimeOffset> olds, CancellationToken cancellationToken)
    {
        var lanes = RowLane.OfOwners(view, key, _owners, log);
        var read = await Task.WhenAll(lanes.Select(lane => lane.ReadAsync(cancellationToken)));
        if (!Array.TrueForAll(read, r => r)
            || lanes.Exists(lane => lane.Row!.Hash() != lanes[0].Row!.Hash())
            || lanes.Zip(olds).Any(lane => !ReapRule.IsOver(lane.First.Row!, lane.First.Written, lane.Second)))
        {
            return false;
        }

        foreach (var lane in lanes.Where(lane => lane.ETag is not null))
        {
            if (!await lane.DeleteAsync(cancellationToken))
                return false;
        }

        return true;
    }
}
