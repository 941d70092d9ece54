namespace Serverless.Replication;

/// <summary>
/// What the nodes of one region hold of the gossip: all are read and merged; what is new is written to the first, by id, that
/// answers, so that instances of one stamp meet in the same rows. Used for one step of gossip.
/// </summary>
internal sealed class RegionDigests
{
    private const int SwapsAtOnce = 8;

    private readonly DigestRows _home;

    private RegionDigests(DigestRows home, IReadOnlyDictionary<(string Stamp, string Node), HealthDigest> known) => (_home, Known) = (home, known);

    /// <summary>The latest digest of each stamp and node; only of nodes of the view.</summary>
    public IReadOnlyDictionary<(string Stamp, string Node), HealthDigest> Known { get; }

    /// <summary>Null when no node of the region answered.</summary>
    public static async Task<RegionDigests?> ReadAsync(ClusterView view, string region, TimeProvider clock, CancellationToken cancellationToken)
    {
        var read = await Task.WhenAll(view.Nodes.Values
            .Where(node => node.Region == region)
            .OrderBy(node => node.Id, StringComparer.Ordinal)
            .Select(async node => new DigestRows(node, clock) is var rows && await rows.ReadAsync(cancellationToken) ? rows : null));
        List<DigestRows> answered = [.. read.OfType<DigestRows>()];
        return answered.Count == 0 ? null : new RegionDigests(
            answered[0], Merged(answered.SelectMany(rows => rows.All).Where(digest => view.Nodes.ContainsKey(digest.Node))));
    }

    /// <summary>The latest digest of each stamp and node.</summary>
    public static Dictionary<(string Stamp, string Node), HealthDigest> Merged(IEnumerable<HealthDigest> digests) => digests
        .GroupBy(digest => (digest.Stamp, digest.Node))
        .ToDictionary(same => same.Key, same => same.Aggregate(HealthDigest.Merge));

    /// <summary>Writes what <paramref name="news"/> has later than the rows there. False when not all of it could be.</summary>
    public Task<bool> LearnAsync(IEnumerable<HealthDigest> news, CancellationToken cancellationToken) => EachAsync(
        news, digest => _home.SwapAsync(digest.Stamp, digest.Node, held => held is null ? digest : HealthDigest.Merge(held, digest), cancellationToken));

    /// <summary>Writes what this instance saw of the nodes into its stamp's rows. False when not all of it could be.</summary>
    public Task<bool> ObserveAsync(string stamp, IEnumerable<Node> nodes, TimeProvider clock, CancellationToken cancellationToken) => EachAsync(nodes, node =>
    {
        var known = Known.GetValueOrDefault((stamp, node.Id));
        return _home.SwapAsync(
            stamp, node.Id,
            held => StampVerdict.Observe(
                held is null || known is null ? held ?? known : HealthDigest.Merge(held, known), stamp, node, node.Health.Snapshot(), clock.GetUtcNow()),
            cancellationToken);
    });

    private static async Task<bool> EachAsync<T>(IEnumerable<T> items, Func<T, Task<bool>> swap)
    {
        var all = true;
        foreach (var some in items.Chunk(SwapsAtOnce))
            all &= Array.TrueForAll(await Task.WhenAll(some.Select(swap)), done => done);
        return all;
    }
}
