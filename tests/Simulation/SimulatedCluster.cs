using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Serverless.Replication;

namespace Serverless.Tests.Simulation;

/// <summary>The real replication code over simulated nodes: several coordinators, each with its own, ageing view of the cluster.</summary>
internal sealed class SimulatedCluster
{
    private readonly Simulator _simulator;
    private readonly IOptions<ReplicationOptions> _options = Options.Create(new ReplicationOptions { Partitions = 16, CallMilliseconds = 500, OperationMilliseconds = 3_000 });
    private readonly HashSet<(int Coordinator, string Node)> _cut = [];
    private readonly HashSet<int> _paused = [];
    private readonly List<ClusterViews> _views = [];
    private ClusterDocument _document;

    public SimulatedCluster(Simulator simulator, int coordinators, int regions = 3, int nodesPerRegion = 1)
    {
        _simulator = simulator;
        var members = Enumerable.Range(1, regions).SelectMany(r => Enumerable.Range(1, nodesPerRegion).Select(n => Founder($"r{r}n{n}", $"r{r}")));
        _document = new ClusterDocument(1, 1, _options.Value.Partitions, 3, [.. members]);
        Nodes = _document.Nodes.ToDictionary(m => m.Id, _ => new SimulatedNode(simulator));
        foreach (var member in _document.Nodes)
            Nodes[member.Id].Create(member.Table);
        Coordinators = [.. Enumerable.Range(0, coordinators).Select(Coordinator)];
    }

    public IReadOnlyDictionary<string, SimulatedNode> Nodes { get; }

    public IReadOnlyList<ReplicatedStore> Coordinators { get; }

    public ClusterDocument Document => _document;

    /// <summary>Each coordinator's view is in place before anything begins.</summary>
    public async Task StartAsync()
    {
        foreach (var views in _views)
            await views.GetAsync(CancellationToken.None);
    }

    public void Cut(int coordinator, string node) => _cut.Add((coordinator, node));

    public void Heal() => _cut.Clear();

    /// <summary>What a paused instance sends is not sent, and what it is told it does not hear, until it goes on.</summary>
    public void Pause(int coordinator) => _paused.Add(coordinator);

    public void Resume(int coordinator) => _paused.Remove(coordinator);

    /// <summary>The node loses everything and comes back as a new, empty incarnation that does not vote.</summary>
    public void Wipe(string node)
    {
        Nodes[node].Wipe();
        _document = _document.Reincarnate(new HashSet<string>([node]), () => SecureRandom.Next64(_simulator.Random));
        Nodes[node].Create(_document.Nodes.Single(n => n.Id == node).Table);
    }

    /// <summary>One run of the refill timer on one instance.</summary>
    public Task RefillAsync(int coordinator) =>
        new NodeRefill(_views[coordinator], PromoteAsync, NullLogger<NodeRefill>.Instance).RunAsync(CancellationToken.None);

    private Task<ClusterDocument?> PromoteAsync(string id, ulong incarnation, CancellationToken cancellationToken)
    {
        if (!_document.Nodes.Any(n => n.Id == id && n.Incarnation == incarnation && n.State == MemberState.Refilling))
            return Task.FromResult<ClusterDocument?>(null);
        _document = _document.Promote(new HashSet<string>([id]), () => SecureRandom.Next64(_simulator.Random));
        return Task.FromResult<ClusterDocument?>(_document);
    }

    private ReplicatedStore Coordinator(int number)
    {
        var region = $"r{number % 3 + 1}";
        var views = new ClusterViews(
            _ => Task.FromResult<ClusterDocument?>(_document),
            member => Nodes[member.Id].Reach(member.Table, () => !_cut.Contains((number, member.Id)) && !_paused.Contains(number)),
            region, _options.Value, _simulator.Time);
        _views.Add(views);
        return new ReplicatedStore(views, _options, _simulator.Time, new Random(_simulator.Random.Next()));
    }

    private ClusterMember Founder(string id, string region)
    {
        var incarnation = SecureRandom.Next64(_simulator.Random);
        return new ClusterMember(id, region, 100, incarnation, ClusterMember.TableOf(incarnation), MemberState.Member);
    }
}
