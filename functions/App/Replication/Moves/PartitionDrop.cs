namespace Serverless.Replication;

/// <summary>
/// Deletes what one node still has of a partition that it owned before a move: left behind it could come back to life when the node owns the partition again.
/// Each row is deleted only at the state that the owners of the day were seen to include, under a view that was confirmed just before.
/// </summary>
internal sealed class PartitionDrop(ClusterViews views, ClusterView view, MovedPartition moved, CommitLog log, int writeQuorum)
{
    private const int RowsAtOnce = 8;
    private const int PageRows = 50;
    private const int MostPages = 100_000;

    /// <param name="node">Who owned it.</param>
    /// <param name="delete">False for a node that leaves: its table is dropped as a whole.</param>
    /// <param name="progress">Told after each page; false to stop.</param>
    /// <param name="cancellationToken">Stops between pages.</param>
    /// <returns>Whether all that the node had is on the owners of the day, and deleted if asked.</returns>
    public async Task<bool> RunAsync(Node node, bool delete, Func<string, Task<bool>> progress, CancellationToken cancellationToken)
    {
        var swept = await KeyRows.ForEachPageAsync(node.Replica, moved.Name, KeyRows.Owned, async page =>
        {
            var keys = page.Where(row => ReplicaKey.FromRow(row.Name) is not null).ToList();
            foreach (var some in keys.Chunk(RowsAtOnce))
            {
                if (!await views.IsCurrentAsync(view, cancellationToken))
                    return false;
                var held = await Task.WhenAll(some.Select(row => HandOnAsync(row, node, cancellationToken)));
                if (!Array.TrueForAll(held, h => h))
                    return false;
            }

            return (!delete || await DeleteAsync(node, keys, cancellationToken)) && await progress(page[^1].Name);
        }, cancellationToken);
        return swept && (!delete || await ClearAsync(node, progress, cancellationToken));
    }

    // Nearly always the nearest owner has it all: they were compared, and whatever was acknowledged since is on W of them. What a register accepted here alone was never
    // in force, since that takes a majority of the owners of the day.
    private async Task<bool> HandOnAsync(Row row, Node from, CancellationToken cancellationToken)
    {
        if (ReplicaRowCodec.TryDecode(row.Data) is not { } found)
            return false;

        // Of a long value that is missing where it should be, the node that is left may have the last copy.
        var key = ReplicaKey.FromRow(row.Name)!;
        RowSite[] sites = [.. ClusterView.Nearest(moved.After, views.Region).Select(owner => RowSite.Of(owner, moved.Name))];
        var values = new ValueRows([.. sites, RowSite.Of(from, moved.Name)]);
        var lanes = sites.Select(site => new RowLane(site, key, values, log)).ToList();
        if (await lanes[0].ReadAsync(cancellationToken) && lanes[0].Row!.Set.Merge(found.Set).SameAs(lanes[0].Row!.Set))
            return true;
        var merged = await Task.WhenAll(lanes.Select(lane => lane.MergeAsync(found.Set, cancellationToken)));
        return merged.Count(m => m) >= Math.Min(lanes.Count, writeQuorum);
    }

    // Values, trees, logs and records: once no key is left, nothing points to them.
    private async Task<bool> ClearAsync(Node node, Func<string, Task<bool>> progress, CancellationToken cancellationToken)
    {
        for (var pages = 0; pages < MostPages; pages++)
        {
            if (await node.Replica.ListAsync(moved.Name, KeyRows.First, KeyRows.End, PageRows, cancellationToken) is not RowList.Page(var rows))
                return false;
            if (rows.Count == 0)
                return true;
            if (rows.Any(row => ReplicaKey.FromRow(row.Name) is not null) || !await DeleteAsync(node, rows, cancellationToken) || !await progress(""))
                return false;
        }

        return false;
    }

    // One transaction; one by one when something changed or went meanwhile. False when something is left that should have gone.
    private async Task<bool> DeleteAsync(Node node, IReadOnlyList<Row> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return true;
        if (!await views.ConfirmAsync(view, cancellationToken))
            return false;
        List<RowChange> deletes = [.. rows.Select(row => new RowChange.Delete(row.Name, row.ETag))];
        if (await node.Replica.CommitAsync(moved.Name, deletes, cancellationToken) is RowCommit.Done)
            return true;
        var outcomes = await Task.WhenAll(deletes.Select(delete => node.Replica.CommitAsync(moved.Name, [delete], cancellationToken)));
        return Array.TrueForAll(outcomes, outcome => outcome is RowCommit.Done or RowCommit.Refused);
    }
}
