namespace Serverless.Replication;

/// <summary>
/// Walks the registers of one room, in the partitions whose first healthy owner this region looks after, so that the room deletes what it keeps no longer; what was deleted is reaped as any deleted
/// key is. Begins at a random partition: what one run leaves, another finds. Runs may overlap.
/// </summary>
public sealed class KeyExpiry
{
    private const int PartitionsAtOnce = 4;

    private readonly ClusterViews _views;
    private readonly StampDuties _duties;
    private readonly Random _random;

    /// <param name="views">The cluster.</param>
    /// <param name="duties">Which nodes this region looks after.</param>
    /// <param name="random">Where a run begins.</param>
    public KeyExpiry(ClusterViews views, StampDuties duties, Random random) => (_views, _duties, _random) = (views, duties, random);

    /// <summary>How many keys were deleted, of what the nodes told that answered.</summary>
    /// <param name="space">Which keys.</param>
    /// <param name="most">The run ends at so many.</param>
    /// <param name="expire">Told what a row holds, which may be old; deletes the key if that is so by what it holds then, and answers whether it did.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    internal async Task<int> RunAsync(string space, int most, Func<ReplicaKey, RegisterValue?, Task<bool>> expire, CancellationToken cancellationToken)
    {
        if (await _views.GetAsync(cancellationToken) is not { } view)
            return 0;
        var (isOurs, first, deleted) = (await _duties.NowAsync(view, cancellationToken), _random.Next(view.Ring.Partitions), 0);
        var led = Enumerable.Range(0, view.Ring.Partitions).Select(i => (first + i) % view.Ring.Partitions)
            .Select(partition => (Name: PartitionNames.Of(partition), Leader: AntiEntropy.LeaderOf(view, partition)))
            .Where(p => p.Leader is { } leader && isOurs(leader));
        foreach (var some in led.Chunk(PartitionsAtOnce))
        {
            if (deleted >= most || cancellationToken.IsCancellationRequested)
                break;
            deleted += (await Task.WhenAll(some.Select(p => ExpireAsync(p.Leader!, p.Name, space, most, expire, cancellationToken)))).Sum();
        }

        return deleted;
    }

    private static async Task<int> ExpireAsync(
        Node node, string partition, string space, int most, Func<ReplicaKey, RegisterValue?, Task<bool>> expire, CancellationToken cancellationToken)
    {
        var deleted = 0;
        await KeyRows.ForEachPageAsync(node.Replica, partition, space + ".", async page =>
        {
            foreach (var row in page)
            {
                if (ReplicaKey.FromRow(row.Name) is not { } key || key.Space != space)
                    return false;
                if (await expire(key, ReplicaRowCodec.TryDecode(row.Data)?.Register?.Value))
                    deleted++;
            }

            return deleted < most && !cancellationToken.IsCancellationRequested;
        }, cancellationToken);
        return deleted;
    }
}
