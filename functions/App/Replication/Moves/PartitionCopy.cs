namespace Serverless.Replication;

/// <summary>Brings what the owners before a move have of one partition to those that come, while both take writes.</summary>
internal sealed class PartitionCopy(ClusterViews views, ClusterView view, MovedPartition moved, CommitLog log, Ballots ballots)
{
    private const int RowsAtOnce = 8;

    // Comparisons in one run: each brings at most so many keys nearer as a repair may.
    private const int MostComparisons = 50;

    /// <summary>Whether all owners before and after the move hold the same now, but for writes on their way, which reach a quorum of both.</summary>
    /// <param name="from">The last key's row that was copied; empty before the first.</param>
    /// <param name="progress">Told of the last key's row after each page; false to stop.</param>
    /// <param name="cancellationToken">Stops between pages.</param>
    public async Task<bool> RunAsync(string from, Func<string, Task<bool>> progress, CancellationToken cancellationToken)
    {
        if (!await CopyAsync(from, progress, cancellationToken))
            return false;

        // Trees only tell where to look, and one that was lost or spoiled hides what nobody but its node may have: they are checked before they are counted on.
        var repair = new PartitionRepair(views, view, moved.Number, log, ballots);
        if (await repair.ScrubAsync(cancellationToken) is null)
            return false;
        for (var runs = 0; runs < MostComparisons; runs++)
        {
            var outcome = await repair.RunAsync(TimeSpan.Zero, cancellationToken);
            if (outcome.Complete || outcome.Differences < PartitionRepair.MostKeys)
                return outcome.Complete;
        }

        return false;
    }

    // From the nearest owner alone; what only another one has, the trees tell.
    private async Task<bool> CopyAsync(string from, Func<string, Task<bool>> progress, CancellationToken cancellationToken)
    {
        var source = ClusterView.Nearest(moved.Before, views.Region)[0];
        return await KeyRows.ForEachPageAsync(source.Replica, moved.Name, KeyRows.OwnedAfter(from), async page =>
        {
            foreach (var some in page.Where(row => ReplicaKey.FromRow(row.Name) is not null).Chunk(RowsAtOnce))
            {
                if (!await views.IsCurrentAsync(view, cancellationToken))
                    return false;
                var copied = await Task.WhenAll(some.SelectMany(row => moved.Coming.Select(node => InsertAsync(row, node, cancellationToken))));
                if (!Array.TrueForAll(copied, c => c))
                    return false;
            }

            return await progress(page[^1].Name);
        }, cancellationToken);
    }

    // Most keys are not there yet: inserted without asking, and merged where they are. Registers that differ then, the comparison brings together.
    private async Task<bool> InsertAsync(Row row, Node node, CancellationToken cancellationToken)
    {
        if (ReplicaRowCodec.TryDecode(row.Data) is not { } found)
            return false;
        var lane = RowLane.OfOwners(view, ReplicaKey.FromRow(row.Name)!, view.Owners(moved.Number), log).Single(lane => lane.Node == node);
        lane.AssumeMissing();
        return await lane.AdoptAsync(found, cancellationToken);
    }
}
