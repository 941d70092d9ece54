using Microsoft.Extensions.Options;
using Serverless.Replication;
using Serverless.Ring;

namespace Serverless.Tests.Simulation;

/// <summary>The real replication code over simulated nodes: several coordinators, each with its own, ageing view of the cluster.</summary>
internal sealed class SimulatedCluster
{
    private const int Partitions = 4;

    private readonly Simulator _simulator;
    private readonly Mutation _mutation;
    private readonly IOptions<ReplicationOptions> _options;
    private readonly HashSet<(int Coordinator, string Node)> _cut = [];
    private readonly HashSet<int> _paused = [];
    private readonly List<ClusterViews> _views = [];
    private readonly List<HealthGossip> _gossip = [];
    private readonly List<TimerJobs> _jobs = [];
    private readonly List<StrictRegisters> _registers = [];
    private readonly int _spares;
    private readonly Dictionary<string, ClusterMember> _movedFrom = [];
    private ClusterDocument _document;

    /// <param name="simulator">The clock, the randomness and the order of steps.</param>
    /// <param name="coordinators">Instances, one region after the other.</param>
    /// <param name="nodesPerRegion">In each of three regions.</param>
    /// <param name="mostHints">Kept on one node for one owner.</param>
    /// <param name="mutation">A rule of the code that is broken, to see that it is missed.</param>
    /// <param name="spares">Nodes in each region that are no members yet.</param>
    public SimulatedCluster(Simulator simulator, int coordinators, int nodesPerRegion, int mostHints, Mutation mutation, int spares = 0)
    {
        _spares = spares;
        _simulator = simulator;
        _mutation = mutation;

        // A request that was given up arrives up to 20 s late. Where members change, views are short-lived, so that a life sees several changes.
        var (view, settle) = spares > 0 ? (2, 30) : (30, 60);
        _options = Options.Create(new ReplicationOptions { CallMilliseconds = 500, OperationMilliseconds = 3_000, ViewSeconds = view, SettleSeconds = settle, MaxHints = mostHints, ReapMinutes = 2 });
        var members = Enumerable.Range(1, 3).SelectMany(r => Enumerable.Range(1, nodesPerRegion).Select(n => Founder($"r{r}n{n}", $"r{r}")));
        _document = new ClusterDocument(1, 1, Partitions, 3, [.. members]);
        Nodes = _document.Nodes.Select(m => m.Id).Concat(Spares.Select(s => s.Id)).ToDictionary(id => id, _ => new SimulatedNode(simulator));
        foreach (var member in _document.Nodes)
            Nodes[member.Id].Create(member.Table);
        Coordinators = [.. Enumerable.Range(0, coordinators).Select(Coordinator)];
    }

    public IReadOnlyDictionary<string, SimulatedNode> Nodes { get; }

    public IReadOnlyList<ReplicatedStore> Coordinators { get; }

    /// <summary>The strict registers through each coordinator.</summary>
    public IReadOnlyList<StrictRegisters> Registers => _registers;

    /// <summary>What each coordinator knows of the cluster.</summary>
    public IReadOnlyList<ClusterViews> Views => _views;

    public ClusterDocument Document => _document;

    /// <summary>No node is being refilled.</summary>
    public bool AllVote => _document.Nodes.All(n => n.State == MemberState.Member);

    /// <summary>Each coordinator's view is the membership in force, as it is before anything begins.</summary>
    public async Task SettleAsync()
    {
        foreach (var views in _views)
        {
            while (await views.RefreshAsync(CancellationToken.None) is not { } view || !view.Document.IsSameAs(_document))
                await _simulator.Delay(TimeSpan.FromMilliseconds(100));
        }
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
        _document = _document.Reincarnate(new HashSet<string>([node]), NewRandom, _simulator.Time.GetUtcNow());
        if (_mutation == Mutation.ReuseActor)
            _document = _document with { Nodes = [.. _document.Nodes.Select(n => n with { Incarnation = Incarnation })] };
        Nodes[node].Create(Member(node).Table);
    }

    /// <summary>A change of membership begins: a spare node joins, or a member leaves or gets another weight; nothing when it is refused.</summary>
    public void BeginMove()
    {
        var member = _document.Nodes[_simulator.Random.Next(_document.Nodes.Count)].Id;
        var spares = Spares.ExceptBy(_document.Nodes.Select(n => n.Id), spare => spare.Id).ToList();
        var result = _simulator.Random.Next(3) switch
        {
            0 => MembershipSteps.Reweigh(_document, member, 1 + _simulator.Random.Next(300), _simulator.Time.GetUtcNow(), NewRandom),
            1 when _document.Nodes.Count > _document.Copies => MembershipSteps.Leave(_document, member, _simulator.Time.GetUtcNow(), NewRandom),
            _ when spares.Count > 0 => MembershipSteps.Join(_document, spares[_simulator.Random.Next(spares.Count)], null, _simulator.Time.GetUtcNow(), NewRandom),
            _ => MembershipSteps.Leave(_document, member, _simulator.Time.GetUtcNow(), NewRandom),
        };
        if (result is not MembershipResult.Changed(var next))
            return;
        foreach (var joined in next.Nodes.Where(n => !IsMember(n.Id)))
            Nodes[joined.Id].Create(joined.Table);
        _document = next;
    }

    /// <summary>One run of the timer of changes of membership on one instance.</summary>
    public Task MoveAsync(int coordinator) => _jobs[coordinator].MoveAsync();

    /// <summary>What is counted on the node alone is counted elsewhere from now on, or again where it was before the last move; nothing is lost, and both places can be reached.</summary>
    public void Move(string node)
    {
        if (_simulator.Random.Next(2) == 0 && MoveBack(node))
            return;
        MoveOn(node);
    }

    /// <summary>What is counted on the node alone is counted again where it was before the last move; unless there was none, or the node lost its state since.</summary>
    public bool MoveBack(string node)
    {
        if (!_movedFrom.TryGetValue(node, out var before) || before.Table != Member(node).Table)
            return false;
        MoveOn(node);
        _document = _document with { Nodes = [.. _document.Nodes.Select(n => n.Id == node ? n with { Incarnation = before.Incarnation } : n)] };
        return true;
    }

    private void MoveOn(string node)
    {
        _movedFrom[node] = Member(node);
        _document = _document.AcceptRollback(new HashSet<string>([node]), () => SecureRandom.Next64(_simulator.Random));
    }

    /// <summary>
    /// The storage is killed and would come back with what it held some seconds ago. That is never served again: dots issued since would
    /// be issued twice. So it is down for a while, and then the same as wiped.
    /// </summary>
    public async Task RollBackAsync(string node)
    {
        Nodes[node].Weather = Weather.Down;
        await _simulator.Delay(TimeSpan.FromMilliseconds(_simulator.Random.Next(10_000)));
        if (IsMember(node))
            Wipe(node);
        Nodes[node].Weather = Weather.Fair;
    }

    /// <summary>Somebody deletes the trees of a node, or some of them.</summary>
    public void LoseTrees(string node) => Nodes[node].Table(Member(node).Table).Remove(
        (_, row) => (row.StartsWith("0.tree", StringComparison.Ordinal) || row.StartsWith("0.leaf", StringComparison.Ordinal)) && _simulator.Random.Next(2) == 0);

    /// <summary>One run of the refill timer on one instance.</summary>
    public Task RefillAsync(int coordinator) => _jobs[coordinator].RefillAsync();

    /// <summary>One run of the anti-entropy timer on one instance.</summary>
    public Task<SweepReport> SweepAsync(int coordinator) => _jobs[coordinator].SweepAsync();

    /// <summary>One run of the hand-over timer on one instance.</summary>
    public Task HandOverAsync(int coordinator) => _jobs[coordinator].HandOverAsync();

    /// <summary>One run of the roll-up timer on one instance.</summary>
    public Task RollUpAsync(int coordinator) => _jobs[coordinator].RollUpAsync();

    /// <summary>One run of the reaping timer on one instance.</summary>
    public Task<int> ReapAsync(int coordinator) => _jobs[coordinator].ReapAsync();

    /// <summary>One run of the timer of the limits on one instance.</summary>
    public Task<int> ExpireAsync(int coordinator) => _jobs[coordinator].ExpireAsync();

    /// <summary>The rows that a node holds now.</summary>
    public IReadOnlyList<(string Partition, Row Row)> Rows(string node) => Nodes[node].Table(Member(node).Table).All();

    /// <summary>The nodes that own a partition.</summary>
    public IReadOnlyList<string> Owners(int partition) => [.. _document.ToRing().Owners(partition).ToArray().Select(owner => owner.Id)];

    /// <summary>One run of the gossip timer on one instance.</summary>
    public Task GossipAsync(int coordinator) => _gossip[coordinator].RunAsync(CancellationToken.None);

    private IEnumerable<RingNode> Spares => Enumerable.Range(1, 3).SelectMany(r => Enumerable.Range(8, _spares).Select(n => new RingNode($"r{r}n{n}", $"r{r}")));

    private bool IsMember(string node) => _document.Nodes.Any(n => n.Id == node);

    private ulong NewRandom() => SecureRandom.Next64(_simulator.Random);

    private ClusterMember Member(string node) => _document.Nodes.Single(n => n.Id == node);

    // Some changes are not made, some are and nobody hears of it; the table of a member that is gone is gone before.
    private async Task<ClusterDocument?> ChangeAsync(int coordinator, Func<ClusterDocument, ClusterDocument?> change)
    {
        await LoadAsync(coordinator);
        if (_simulator.Random.Next(10) == 0 || change(_document) is not { } next)
            return null;
        foreach (var gone in _document.Nodes.ExceptBy(next.Nodes.Select(n => n.Id), n => n.Id))
            Nodes[gone.Id].Wipe();
        _document = next;
        return _simulator.Random.Next(10) == 0 ? null : next;
    }

    // As a majority says it, somewhere between the question and the answer. Some questions are lost; a paused instance neither asks nor hears.
    private async Task<ClusterDocument?> LoadAsync(int number)
    {
        await _simulator.Delay(TimeSpan.FromMilliseconds(1 + _simulator.Random.Next(50)));
        var document = _simulator.Random.Next(20) == 0 ? null
            : _mutation == Mutation.CountAmnesiac ? _document with { Nodes = [.. _document.Nodes.Select(n => n with { State = MemberState.Member })] }
            : _document;
        do
            await _simulator.Delay(TimeSpan.FromMilliseconds(1 + _simulator.Random.Next(50)));
        while (_paused.Contains(number));
        return document;
    }

    private ReplicatedStore Coordinator(int number)
    {
        var views = NewViews(number, () => LoadAsync(number));
        var gossip = new HealthGossip(views, new Random(_simulator.Random.Next()), _simulator.Time);
        _views.Add(views);
        _gossip.Add(gossip);
        _jobs.Add(new TimerJobs(views, gossip, (change, _) => ChangeAsync(number, change), _options, _simulator.Time, _simulator.Random));
        _registers.Add(new StrictRegisters(views, _options, _simulator.Time, new Random(_simulator.Random.Next())));
        Func<ulong>? epochs = _mutation == Mutation.ReuseActor ? () => 1 : null;
        var store = _mutation == Mutation.ForgetJointEpoch ? NewViews(number, async () => MutatedMembership.WithoutJointEpoch(await LoadAsync(number))) : views;
        return new ReplicatedStore(store, _options, _simulator.Time, new Random(_simulator.Random.Next()), epochs, gossip);
    }

    private ClusterViews NewViews(int number, Func<Task<ClusterDocument?>> load) => new(
        _ => load(),
        member => new MutatedReplica(Nodes[member.Id].Reach(member.Table, () => !_cut.Contains((number, member.Id)) && !_paused.Contains(number)), _mutation),
        $"r{number % 3 + 1}", _options.Value, _simulator.Time);

    private ClusterMember Founder(string id, string region)
    {
        var incarnation = _mutation == Mutation.ReuseActor ? Incarnation : SecureRandom.Next64(_simulator.Random);
        return new ClusterMember(id, region, 100, incarnation, ClusterMember.TableOf(SecureRandom.Next64(_simulator.Random)), MemberState.Member);
    }

    private static ulong Incarnation => 1;
}
