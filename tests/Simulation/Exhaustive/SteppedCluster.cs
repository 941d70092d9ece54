using Microsoft.Extensions.Options;
using Serverless.Replication;
using Serverless.Tests.Replication;

namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>Three nodes that all own the one partition, each in a region of its own, and coordinators that run the real replication code over them.</summary>
internal sealed class SteppedCluster
{
    /// <summary>The membership, among what steps touch.</summary>
    public const string Membership = "membership";

    private const int Nodes = 3;
    private const ulong ReusedIncarnation = 1;

    private readonly SteppedContext _context;
    private readonly Mutation _mutation;
    private readonly Action<RowChange> _stored;
    private readonly Dictionary<string, MemoryReplica> _tables = new(StringComparer.Ordinal);
    private readonly Random _random = new(1);

    /// <param name="context">Where steps wait.</param>
    /// <param name="stored">Told of every change of every node.</param>
    /// <param name="mutation">A rule of the code that is broken, to see that it is missed.</param>
    public SteppedCluster(SteppedContext context, Action<RowChange> stored, Mutation mutation)
    {
        (_context, _stored, _mutation) = (context, stored, mutation);
        Document = new ClusterDocument(1, 1, Partitions: 1, Copies: Nodes, [.. Enumerable.Range(1, Nodes).Select(Founder)]);
        foreach (var member in Document.Nodes)
            _tables[member.Table] = new MemoryReplica(context.Time);
    }

    /// <summary>The membership in force.</summary>
    public ClusterDocument Document { get; private set; }

    public IOptions<ReplicationOptions> Options { get; } =
        Microsoft.Extensions.Options.Options.Create(new ReplicationOptions { CallMilliseconds = 500, OperationMilliseconds = 3_000 });

    /// <summary>What one more instance knows of the cluster: nothing yet.</summary>
    /// <param name="owner">Whose steps its calls are.</param>
    /// <param name="region">From 1: where it lies, and the node it asks first.</param>
    public ClusterViews Views(int owner, int region) => new(
        _ => _context.AskAsync(owner, "load the membership", () =>
        {
            _context.Touched(Membership, Touch.Read);
            return Task.FromResult<ClusterDocument?>(Document);
        }),
        member => new MutatedReplica(
            new SteppingReplica(_context, owner, member.Id, () => _tables.GetValueOrDefault(member.Table), _stored), _mutation),
        $"r{region}", Options.Value, _context.Time);

    /// <summary>One more coordinator. What it draws at random is its own: it does not depend on what others do meanwhile.</summary>
    /// <param name="owner">Whose steps its calls are.</param>
    /// <param name="views">What it knows of the cluster.</param>
    public ReplicatedStore Coordinator(int owner, ClusterViews views) => new(
        views, Options, _context.Time, new Random(owner), _mutation == Mutation.ReuseActor ? () => 1 : null);

    /// <summary>The node loses everything and comes back as a new, empty incarnation that does not vote.</summary>
    public void Wipe(string node)
    {
        _context.Touched(node, Touch.Write);
        _context.Touched(Membership, Touch.Write);
        _tables.Remove(Member(node).Table);
        Document = Document.Reincarnate(new HashSet<string>([node]), NewRandom);
        if (_mutation == Mutation.CountAmnesiac)
            Document = Document.Promote(new HashSet<string>([node]), NewRandom);
        if (_mutation == Mutation.ReuseActor)
            Document = Document with { Nodes = [.. Document.Nodes.Select(n => n with { Incarnation = ReusedIncarnation })] };
        _tables[Member(node).Table] = new MemoryReplica(_context.Time);
    }

    /// <summary>The node votes again.</summary>
    public void Promote(string node)
    {
        _context.Touched(Membership, Touch.Write);
        Document = Document.Promote(new HashSet<string>([node]), NewRandom);
    }

    /// <summary>One run of the timer that refills nodes, on an instance of its own.</summary>
    /// <param name="owner">Whose steps its calls are.</param>
    /// <param name="promote">Whether it may end with the change of membership.</param>
    public Task RefillAsync(int owner, bool promote)
    {
        var (views, random) = (Views(owner, region: 1), new Random(owner));
        var gossip = new HealthGossip(views, random, _context.Time);
        return new TimerJobs(views, gossip, ChangeAsync, Options, _context.Time, random).RefillAsync();

        Task<ClusterDocument?> ChangeAsync(Func<ClusterDocument, ClusterDocument?> change, CancellationToken cancellationToken) =>
            _context.AskAsync(owner, "change the membership", () =>
            {
                _context.Touched(Membership, Touch.Write);
                var next = promote ? change(Document) : null;
                Document = next ?? Document;
                return Task.FromResult(next);
            });
    }

    /// <summary>What a node that votes holds of a key; null of one that does not vote.</summary>
    public VersionSet? Held(string node, ReplicaKey key) => Member(node).State != MemberState.Member ? null
        : _tables[Member(node).Table].All().Where(row => row.Row.Name == key.Row)
            .Select(row => ReplicaRowCodec.Decode(row.Row.Data).Set)
            .FirstOrDefault(VersionSet.Empty);

    private ClusterMember Member(string node) => Document.Nodes.Single(n => n.Id == node);

    private ClusterMember Founder(int region)
    {
        var incarnation = _mutation == Mutation.ReuseActor ? ReusedIncarnation : NewRandom();
        return new ClusterMember($"r{region}n1", $"r{region}", 100, incarnation, ClusterMember.TableOf(NewRandom()), MemberState.Member);
    }

    private ulong NewRandom() => SecureRandom.Next64(_random);
}
