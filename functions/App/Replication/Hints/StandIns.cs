namespace Serverless.Replication;

/// <summary>
/// The nodes that may stand in for owners during one write (Dynamo, section 4.6): healthy ones first, in regions that hold no copy
/// yet first, then in the order of the ring. Each takes at most one hint of the write, so that copies stay on distinct nodes.
/// </summary>
internal sealed class StandIns(ClusterView view, ReplicaKey key, HintBook book, CommitLog log)
{
    private readonly List<Node> _free = [.. view.Fallbacks(key)];
    private readonly IReadOnlyList<RowSite> _owners = [.. view.Owners(key).Select(owner => RowSite.Of(owner, view.Partition(key)))];

    /// <summary>Lets one node after the other try to take a hint; the lane of the one that did, null when none did.</summary>
    /// <param name="owner">Who the hint waits for.</param>
    /// <param name="holding">Regions that hold the write, or will unless an owner there fails yet.</param>
    /// <param name="take">Writes on the lane it is given; false when that could not be established.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    public async Task<RowLane?> TakeAsync(
        Node owner, IReadOnlySet<string> holding, Func<RowLane, Task<bool>> take, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && Next(holding) is { } node)
        {
            var site = RowSite.Hint(node, owner.Id, view.Partition(key));
            var lane = new RowLane(site, key, new ValueRows([.. _owners, site]), log);
            if (!await book.HasRoomAsync(node, owner.Id, cancellationToken) || !await take(lane))
                continue;
            if (lane.Created)
                book.Added(node, owner.Id);
            return lane;
        }

        return null;
    }

    /// <summary>For each node that may stand in, the hints it may keep for each of some owners.</summary>
    public static IEnumerable<IReadOnlyList<RowLane>> ToRead(ClusterView view, ReplicaKey key, string region, IReadOnlyList<Node> owners, CommitLog log) =>
        ClusterView.Nearest(view.Fallbacks(key), region).Select(node => owners
            .Select(owner => RowSite.Hint(node, owner.Id, view.Partition(key)))
            .Select(site => new RowLane(site, key, new ValueRows([site]), log))
            .ToList());

    private Node? Next(IReadOnlySet<string> holding)
    {
        lock (_free)
        {
            var next = _free.OrderBy(node => node.Health.IsDown).ThenBy(node => holding.Contains(node.Region)).FirstOrDefault();
            if (next is not null)
                _free.Remove(next);
            return next;
        }
    }
}
