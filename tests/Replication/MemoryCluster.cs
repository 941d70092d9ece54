using System.Text;
using Serverless.Replication;
using Serverless.Ring;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Replication;

/// <summary>A cluster of strict in-memory nodes with switches for faults, and as many coordinators as a test wants.</summary>
internal sealed class MemoryCluster
{
    private readonly List<(string From, string To, FaultyReplica Link)> _links = [];
    private readonly HashSet<string> _cut = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MemoryReplica> _memory;
    private readonly Dictionary<string, FaultyReplica> _faults;
    private readonly Random _random = new(42);

    public MemoryCluster(int regions = 3, int nodesPerRegion = 2, TimeProvider? clock = null, int partitions = 64)
    {
        Clock = clock ?? TimeProvider.System;
        var members = Enumerable.Range(1, regions).SelectMany(r => Enumerable.Range(1, nodesPerRegion).Select(
            n => new ClusterMember($"r{r}n{n}", $"r{r}", 100, (ulong)_random.NextInt64(), $"r{r}n{n}", MemberState.Member))).ToList();
        Document = new ClusterDocument(1, 1, partitions, 3, members);
        _memory = members.ToDictionary(m => m.Id, _ => new MemoryReplica(Clock));
        _faults = members.ToDictionary(m => m.Id, FaultyNode);
    }

    public TimeProvider Clock { get; }

    public ClusterDocument Document { get; private set; }

    public IReadOnlyDictionary<string, MemoryReplica> Memory => _memory;

    public IReadOnlyDictionary<string, FaultyReplica> Faults => _faults;

    public ReplicationOptions Options { get; } = new() { CallMilliseconds = 200, OperationMilliseconds = 2_000 };

    /// <summary>Calls on nodes that are still made; all later ones fail. Null: no end.</summary>
    public int? CallsLeft { get; set; }

    /// <summary>Whether a majority tells the membership.</summary>
    public bool MembershipAnswers { get; set; } = true;

    /// <summary>A coordinator with a memory of its own, as another instance would be.</summary>
    public ReplicatedStore Coordinator(string region = "r1", int seed = 1, Func<ulong>? newEpoch = null) =>
        new(Views(region), Microsoft.Extensions.Options.Options.Create(Options), Clock, new Random(seed), newEpoch);

    /// <summary>A proposer with a memory of its own, as another instance would be.</summary>
    public StrictRegisters Registers(string region = "r1", int seed = 1) =>
        new(Views(region), Microsoft.Extensions.Options.Options.Create(Options), Clock, new Random(seed));

    /// <summary>The timers' jobs of one more instance.</summary>
    public TimerJobs Jobs(string region)
    {
        var views = Views(region);
        return new TimerJobs(views, new HealthGossip(views, _random, Clock), ChangeAsync, Microsoft.Extensions.Options.Options.Create(Options), Clock, _random);
    }

    /// <summary>The nodes that own the key, in preference order.</summary>
    public IReadOnlyList<string> Owners(ReplicaKey key)
    {
        var ring = Document.ToRing();
        return [.. ring.Owners(ring.PartitionOf(key.Bytes)).ToArray().Select(n => n.Id)];
    }

    /// <summary>Where a node lies.</summary>
    public string RegionOf(string node) => Document.Nodes.Single(n => n.Id == node).Region;

    /// <summary>The network parts: coordinators in these regions see only these regions' nodes, all others see only the other nodes.</summary>
    public void Cut(params IEnumerable<string> regions)
    {
        _cut.Clear();
        _cut.UnionWith(regions);
        foreach (var (from, to, link) in _links)
            link.Fault = Between(from, to);
    }

    public void Heal() => Cut();

    /// <summary>The node loses everything and comes back as a new, empty incarnation that does not vote until it has been refilled.</summary>
    public void Lose(string node)
    {
        Document = Document.Reincarnate(new HashSet<string>([node]), () => (ulong)_random.NextInt64());
        _memory[node] = new MemoryReplica(Clock);
    }

    /// <summary>The first step of a change of membership; those after it are for the timers.</summary>
    public void Begin(Func<ClusterDocument, Func<ulong>, MembershipResult> step)
    {
        Document = Assert.IsType<MembershipResult.Changed>(step(Document, () => (ulong)_random.NextInt64())).Document;
        foreach (var member in Document.Nodes.Where(member => !_memory.ContainsKey(member.Id)))
        {
            _memory[member.Id] = new MemoryReplica(Clock);
            _faults[member.Id] = FaultyNode(member);
        }
    }

    /// <summary>A node joins.</summary>
    public void Join(string node, string region, int weight = 100) =>
        Begin((document, random) => MembershipSteps.Join(document, new RingNode(node, region, weight), null, Clock.GetUtcNow(), random));

    /// <summary>A node leaves.</summary>
    public void Leave(string node) => Begin((document, random) => MembershipSteps.Leave(document, node, Clock.GetUtcNow(), random));

    /// <summary>A node gets another weight.</summary>
    public void Reweigh(string node, int weight) => Begin((document, random) => MembershipSteps.Reweigh(document, node, weight, Clock.GetUtcNow(), random));

    /// <summary>The node is no member any more at once, as if it had never been one; its rows stay where they are.</summary>
    public void Forget(string node) => Document = Document with { Epoch = Document.Epoch + 1, Nodes = [.. Document.Nodes.Where(n => n.Id != node)] };

    private FaultyReplica FaultyNode(ClusterMember member) => new(new LatestReplica(() => _memory[member.Id]));

    // The table of a member that is gone is gone.
    private Task<ClusterDocument?> ChangeAsync(Func<ClusterDocument, ClusterDocument?> change, CancellationToken cancellationToken)
    {
        if (change(Document) is not { } next)
            return Task.FromResult<ClusterDocument?>(null);
        foreach (var member in Document.Nodes.Where(member => next.Nodes.All(n => n.Id != member.Id)))
            _memory.Remove(member.Id);
        Document = next;
        return Task.FromResult<ClusterDocument?>(next);
    }

    private Fault Between(string from, string to) => _cut.Contains(from) == _cut.Contains(to) ? Fault.None : Fault.Down;

    /// <summary>What one more instance knows of the cluster.</summary>
    public ClusterViews Views(string region) => new(_ => Task.FromResult(MembershipAnswers ? Document : null), member => Reach(region, member), region, Options, Clock);

    // The table of an incarnation is gone once its node has another.
    private LatestReplica Reach(string from, ClusterMember member)
    {
        var link = new FaultyReplica(Faults[member.Id]) { Fault = Between(from, member.Region) };
        _links.Add((from, member.Region, link));
        var dead = new FaultyReplica(link) { Fault = Fault.Down };
        return new LatestReplica(() =>
            CallsLeft is { } left && (CallsLeft = left - 1) < 0 ? dead
            : link.Fault == Fault.Down || Faults[member.Id].Fault == Fault.Down ? link
            : Document.Nodes.Any(n => n.Id == member.Id && n.Table == member.Table && n.Incarnation == member.Incarnation) ? link
            : null);
    }

    public static ReplicaKey Key(string text) => new("kv", text);

    public static WriteIntent Intent(ReplicatedStore store, string? value, CausalContext? seen = null) => new(
        store.NewNonce(), seen ?? CausalContext.Empty, value is null ? null : "text/plain",
        value is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(value), DateTimeOffset.UnixEpoch);

    public static async Task<CausalContext> PutAsync(
        ReplicatedStore store, string key, string? value, CausalContext? seen = null, int? needed = null)
    {
        var result = await store.WriteAsync(Key(key), Intent(store, value, seen), new QuorumRules(needed), TestContext.Current.CancellationToken);
        return Assert.IsType<WriteResult.Written>(result).Context;
    }

    public static async Task<VersionSet> GetAsync(ReplicatedStore store, string key, int? needed = null) =>
        Assert.IsType<ReadResult.Read>(await store.ReadAsync(Key(key), new QuorumRules(needed), TestContext.Current.CancellationToken)).Set;

    public static IReadOnlyList<string> Values(VersionSet set) =>
        [.. set.Versions.Select(v => v.IsTombstone ? "†" : Encoding.UTF8.GetString(v.Value!.Value.Span)).Order(StringComparer.Ordinal)];
}
