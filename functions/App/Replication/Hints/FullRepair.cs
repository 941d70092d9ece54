namespace Serverless.Replication;

/// <summary>Whether an owner that missed writes for which no hint was kept has been repaired in full since.</summary>
internal sealed class FullRepair(ClusterView view, TimeProvider clock)
{
    private const int ReadsAtOnce = 8;

    /// <summary>True when each of its partitions was compared with all owners after the last hint that was not kept; an owner that is being refilled has nothing to catch up on.</summary>
    public async Task<bool> IsDoneAsync(HintState state, CancellationToken cancellationToken)
    {
        if (!view.Nodes.TryGetValue(state.Owner, out var owner) || !owner.Votes)
            return true;

        // A comparison leaves out what changed just before it, and hints may have been dropped after the last time that was stored.
        var since = state.DroppedAt + PartitionRepair.Unsettled + HintBook.ReadAgain;
        if (clock.GetUtcNow() < since)
            return false;
        var owned = Enumerable.Range(0, view.Ring.Partitions).Where(partition => view.Owners(partition).Contains(owner));
        foreach (var some in owned.Chunk(ReadsAtOnce))
        {
            var records = await Task.WhenAll(some.Select(partition => RecordAsync(partition, cancellationToken)));
            if (!Array.TrueForAll(records, record => record?.CompleteAt > since))
                return false;
        }

        return true;
    }

    private async Task<RepairRecord?> RecordAsync(int partition, CancellationToken cancellationToken) =>
        AntiEntropy.LeaderOf(view, partition) is { } leader
            ? await RepairRecord.ReadAsync(leader, PartitionNames.Of(partition), cancellationToken)
            : null;
}
