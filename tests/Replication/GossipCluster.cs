using Microsoft.Extensions.Time.Testing;
using Serverless.Replication;

namespace Serverless.Tests.Replication;

/// <summary>Stamps of instances over strict in-memory nodes, on one clock that stands still until it is moved.</summary>
internal sealed class GossipCluster
{
    private readonly Dictionary<string, MemoryReplica> _memory;

    public GossipCluster(int regions, int nodesPerRegion = 2)
    {
        Document = new ClusterDocument(1, 1, 16, Math.Min(regions, 3),
        [
            .. Enumerable.Range(1, regions).SelectMany(r => Enumerable.Range(1, nodesPerRegion).Select(n => new ClusterMember(
                $"r{r}n{n}", $"r{r}", 100, (ulong)((10 * r) + n), $"r{r}n{n}", MemberState.Member))),
        ]);
        _memory = Document.Nodes.ToDictionary(m => m.Id, _ => new MemoryReplica());
    }

    public FakeTimeProvider Clock { get; } = new();

    public ClusterDocument Document { get; set; }

    public IReadOnlyDictionary<string, MemoryReplica> Memory => _memory;

    /// <summary>Nodes that nobody reaches.</summary>
    public HashSet<string> Dead { get; } = [];

    /// <summary>Nodes that never answer a listing.</summary>
    public HashSet<string> Silent { get; } = [];

    /// <summary>Listings asked for so far.</summary>
    public int Lists { get; private set; }

    public void Advance(double seconds) => Clock.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>The node forgets everything.</summary>
    public void Wipe(string node) => _memory[node] = new MemoryReplica();

    public async Task<GossipInstance> InstanceAsync(string region, int seed = 1, ReplicationMetrics? metrics = null)
    {
        var cut = new HashSet<string>();
        var views = new ClusterViews(
            _ => Task.FromResult<ClusterDocument?>(Document),
            member => new Reached(this, member.Id, () => !cut.Contains(member.Id) && !Dead.Contains(member.Id)),
            region, new ReplicationOptions(), Clock);
        return new GossipInstance(views, (await views.RefreshAsync(CancellationToken.None))!, cut, new HealthGossip(views, new Random(seed), Clock, metrics), Clock);
    }

    private sealed class Reached(GossipCluster cluster, string node, Func<bool> reaches) : IReplica
    {
        private MemoryReplica Memory => cluster.Memory[node];

        public async Task<RowRead> ReadAsync(string partition, string row, CancellationToken cancellationToken) =>
            reaches() ? await Memory.ReadAsync(partition, row, cancellationToken) : new RowRead.Unavailable("cut off");

        public async Task<RowCommit> CommitAsync(string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken) =>
            reaches() ? await Memory.CommitAsync(partition, changes, cancellationToken) : new RowCommit.Unavailable("cut off");

        public async Task<RowList> ListAsync(string partition, string from, string to, int limit, CancellationToken cancellationToken)
        {
            cluster.Lists++;
            if (cluster.Silent.Contains(node))
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            return reaches() ? await Memory.ListAsync(partition, from, to, limit, cancellationToken) : new RowList.Unavailable("cut off");
        }
    }
}

/// <summary>One instance with its own breakers.</summary>
/// <param name="Cut">Nodes that this instance does not reach.</param>
internal sealed record GossipInstance(ClusterViews Views, ClusterView View, HashSet<string> Cut, HealthGossip Gossip, FakeTimeProvider Clock)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public NodeHealth Health(string node) => View.Nodes[node].Health;

    /// <summary>Calls one node; whether it answered.</summary>
    public async Task<bool> CallAsync(string node) => await View.Nodes[node].Replica.ReadAsync("0000", "kv.a", Cancelled) is not RowRead.Unavailable;

    public async Task CallAllAsync()
    {
        foreach (var node in View.Nodes.Keys)
            await CallAsync(node);
    }

    /// <summary>Calls the node until the breaker opens.</summary>
    public async Task LoseAsync(string node)
    {
        for (var i = 0; i < NodeHealth.FailuresToOpen; i++)
            Assert.False(await CallAsync(node));
        Assert.True(Health(node).IsDown);
    }

    public Task<bool> PublishAsync() => Gossip.PublishAsync(View, Cancelled);

    public Task<bool> ExchangeAsync() => Gossip.ExchangeAsync(View, Cancelled);

    public async Task<IReadOnlyList<HealthDigest>> KnownAsync() =>
        Assert.IsType<GossipRead.Known>(await Gossip.ReadAsync(View, Cancelled)).Digests;

    /// <summary>What each stamp holds of the node, as far as this instance's region knows.</summary>
    public async Task<IReadOnlyDictionary<string, HealthDigest>> OpinionsAsync(string node) =>
        (await KnownAsync()).Where(d => d.Node == node).ToDictionary(d => d.Stamp);
}
