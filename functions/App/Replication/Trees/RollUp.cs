namespace Serverless.Replication;

/// <summary>
/// Keeps the commit logs of the nodes that this region looks after short. Comparing rolls up as well; this bounds how long a log gets in between.
/// </summary>
public sealed class RollUp(ClusterViews views, StampDuties duties)
{
    private const int PartitionsAtOnce = 4;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (await views.GetAsync(cancellationToken) is not { } view)
            return;

        var ours = await duties.NowAsync(view, cancellationToken);
        var trees = Enumerable.Range(0, view.Ring.Partitions)
            .SelectMany(partition => view.Owners(partition)
                .Where(node => ours(node) && !node.Health.IsDown)
                .Select(node => new NodeTree(node, PartitionNames.Of(partition))));
        foreach (var some in trees.Chunk(PartitionsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.WhenAll(some.Select(tree => tree.RollUpAsync(cancellationToken)));
        }
    }
}
