namespace Serverless.Replication;

/// <summary>
/// Which region's jobs look after which nodes: each region's own stamp does, while it lives. A region whose stamp is silent, or which
/// has storage only, is looked after by the next region, by name, whose stamp lives. Two that disagree both do the work, which leases and
/// merges make harmless.
/// </summary>
public sealed class StampDuties(ClusterViews views, HealthGossip gossip, TimeProvider clock)
{
    /// <summary>A stamp that has said nothing of any node for so long counts as silent: 2 minutes.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(2);

    /// <summary>Whether this region's jobs look after a node, as of now.</summary>
    public async Task<Func<Node, bool>> NowAsync(ClusterView view, CancellationToken cancellationToken)
    {
        var living = new SortedSet<string>(StringComparer.Ordinal) { views.Region };
        if (await gossip.ReadAsync(view, cancellationToken) is GossipRead.Known(var digests))
            living.UnionWith(digests.Where(digest => clock.GetUtcNow() - digest.SeenAt < Silence).Select(digest => digest.Stamp));
        return node => KeeperOf(node.Region, living) == views.Region;
    }

    /// <summary>Whether this region does what one stamp does for all of them: it looks after the first healthy owner of the first partition. Yes too when nothing can be told of that.</summary>
    public async Task<bool> LeadsAsync(CancellationToken cancellationToken) =>
        await views.GetAsync(cancellationToken) is not { } view || AntiEntropy.LeaderOf(view, 0) is not { } leader || (await NowAsync(view, cancellationToken))(leader);

    /// <summary>The living region that looks after a region: itself, or the next by name, the first after the last.</summary>
    internal static string KeeperOf(string region, SortedSet<string> living) =>
        living.FirstOrDefault(other => string.CompareOrdinal(other, region) >= 0) ?? living.Min!;
}
