namespace Serverless.Replication;

/// <summary>A partition whose owners a change of membership changes.</summary>
/// <param name="Number">Which.</param>
/// <param name="Before">Its owners in the ring before the move, in preference order.</param>
/// <param name="After">Its owners in the ring after it.</param>
internal sealed record MovedPartition(int Number, IReadOnlyList<Node> Before, IReadOnlyList<Node> After)
{
    /// <summary>The PartitionKey.</summary>
    public string Name => PartitionNames.Of(Number);

    /// <summary>Who owns it after the move only.</summary>
    public IEnumerable<Node> Coming => After.Except(Before);

    /// <summary>Who owned it before the move only.</summary>
    public IEnumerable<Node> Going => Before.Except(After);

    /// <summary>Those of the move that is under way; none when none is.</summary>
    public static IReadOnlyList<MovedPartition> Of(ClusterView view)
    {
        var (before, after) = view.Document.ToFormerRing() is { } former ? (former, view.Ring) : (view.Ring, view.Document.ToNextRing());
        return after is null ? [] :
        [
            .. Enumerable.Range(0, after.Partitions)
                .Select(partition => new MovedPartition(partition, Nodes(before.Owners(partition)), Nodes(after.Owners(partition))))
                .Where(moved => moved.Coming.Any() || moved.Going.Any()),
        ];

        IReadOnlyList<Node> Nodes(ReadOnlySpan<Ring.RingNode> owners) => [.. owners.ToArray().Select(owner => view.Nodes[owner.Id])];
    }
}
