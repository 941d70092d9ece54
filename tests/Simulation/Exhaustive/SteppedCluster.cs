using Microsoft.Extensions.Options;
using Serverless.Replication;
using Serverless.Ring;
using Serverless.Tests.Replication;

namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>
/// Three nodes that all own the one partition, each in a region of its own, and perhaps a fourth; coordinators and jobs run the real
/// replication code over them.
/// </summary>
internal sealed class SteppedCluster
{
    /// <summary>The membership, among what steps touch.</summary>
    public const string Membership = "membership";

    private const int Owners = 3;
    private const int MostSpares = 100;
    private const ulong ReusedIncarnation = 1;

    private static readonly RingNode Joins = Spare(owns: true);
    private static readonly RingNode StandsIn = Spare(owns: false);

    private readonly SteppedContext _context;
    private readonly Mutation _mutation;
    private readonly Action<RowChange> _stored;
    private readonly Dictionary<string, MemoryReplica> _tables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _cut = [];
    private readonly Random _random = new(1);

    /// <param name="context">Where steps wait.</param>
    /// <param name="stored">Told of every change of every node.</param>
    /// <param name="mutation">A rule of the code that is broken, to see that it is missed.</param>
    /// <param name="standsIn">Whether there is a fourth node, which owns nothing and keeps hints; default: there is not.</param>
    public SteppedCluster(SteppedContext context, Action<RowChange> stored, Mutation mutation, bool standsIn = false)
    {
        (_context, _stored, _mutation) = (context, stored, mutation);
        Document = new ClusterDocument(1, 1, Partitions: 1, Copies: Owners, [.. Enumerable.Range(1, Owners).Select(region => Founder($"r{region}n1", $"r{region}"))]);
        if (standsIn)
            Document = Document with { Nodes = [.. Document.Nodes.Append(Founder(StandsIn.Id, StandsIn.Region)).OrderBy(n => n.Id, StringComparer.Ordinal)] };
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
    /// <param name="keysOnly">Whether its calls on other rows than those of keys and hints are no steps (<see cref="SteppingReplica"/>); default: they are.</param>
    /// <param name="isJobs">Whether jobs go by it, not clients' operations; default: it is the clients'.</param>
    public ClusterViews Views(int owner, int region, bool keysOnly = false, bool isJobs = false) => new(
        _ => _context.AskAsync(owner, "load the membership", () =>
        {
            _context.Touched(Membership, Touch.Read);
            return Task.FromResult(_mutation == Mutation.ForgetJointEpoch && !isJobs ? MutatedMembership.WithoutJointEpoch(Document) : Document);
        }),
        member => new MutatedReplica(new SteppingReplica(_context, owner, member.Id, () => Table(member), _stored, keysOnly), _mutation),
        $"r{region}", Options.Value, _context.Time);

    /// <summary>One more coordinator. What it draws at random is its own: it does not depend on what others do meanwhile.</summary>
    /// <param name="owner">Whose steps its calls are.</param>
    /// <param name="views">What it knows of the cluster.</param>
    public ReplicatedStore Coordinator(int owner, ClusterViews views) => new(
        views, Options, _context.Time, new Random(owner), _mutation == Mutation.ReuseActor ? () => 1 : null);

    /// <summary>The strict registers through one more coordinator.</summary>
    /// <inheritdoc cref="Coordinator" path="/param"/>
    public StrictRegisters Registers(int owner, ClusterViews views) => new(views, Options, _context.Time, new Random(owner));

    /// <summary>The jobs of one more instance, which looks after all nodes.</summary>
    /// <param name="owner">Whose steps its calls are.</param>
    /// <param name="changes">Whether it may change the membership; default: it may.</param>
    /// <param name="keysOnly">As in <see cref="Views"/>.</param>
    public TimerJobs Jobs(int owner, bool changes = true, bool keysOnly = false)
    {
        var (views, random) = (Views(owner, region: 1, keysOnly, isJobs: true), new Random(owner));
        return new TimerJobs(views, new HealthGossip(views, random, _context.Time), ChangeAsync, Options, _context.Time, random);

        Task<ClusterDocument?> ChangeAsync(Func<ClusterDocument, ClusterDocument?> change, CancellationToken cancellationToken) =>
            _context.AskAsync(owner, "change the membership", () =>
            {
                _context.Touched(Membership, Touch.Write);
                var next = changes ? change(Document) : null;
                Publish(next ?? Document);
                return Task.FromResult(next);
            });
    }

    /// <summary>Nobody reaches the node, or everybody does again.</summary>
    public void Cut(string node, bool isCut)
    {
        if (isCut)
            _cut.Add(node);
        else
            _cut.Remove(node);
    }

    /// <summary>The node loses everything and comes back as a new, empty incarnation that does not vote.</summary>
    public void Wipe(string node)
    {
        _context.Touched(node, Touch.Write);
        _context.Touched(Membership, Touch.Write);
        var next = Document.Reincarnate(new HashSet<string>([node]), NewRandom);
        if (_mutation == Mutation.CountAmnesiac)
            next = next.Promote(new HashSet<string>([node]), NewRandom);
        if (_mutation == Mutation.ReuseActor)
            next = next with { Nodes = [.. next.Nodes.Select(n => n with { Incarnation = ReusedIncarnation })] };
        Publish(next);
    }

    /// <summary>The node votes again.</summary>
    public void Promote(string node)
    {
        _context.Touched(Membership, Touch.Write);
        Document = Document.Promote(new HashSet<string>([node]), NewRandom);
    }

    /// <summary>A fourth node begins to join, one that will own the partition in the place of another; nothing when it is refused.</summary>
    public void Join()
    {
        _context.Touched(Membership, Touch.Write);
        if (MembershipSteps.Join(Document, Joins, null, _context.Time.GetUtcNow(), NewRandom) is MembershipResult.Changed(var next))
            Publish(next);
    }

    /// <summary>What each set of nodes that is enough for a read, of R or of a majority, holds of a key: only those that vote, and of both sets of owners while the membership changes.</summary>
    public IEnumerable<IReadOnlyList<ReplicaRow>> ReadQuorums(ReplicaKey key)
    {
        List<string[]> quorums = [OwnersOf(Document.ToRing())];
        if (Document.ToNextRing() is { } next)
            quorums.Add(OwnersOf(next));
        var voting = quorums.SelectMany(owners => owners).Distinct(StringComparer.Ordinal).Where(node => Member(node).State == MemberState.Member).ToList();
        for (var some = 1; some < 1 << voting.Count; some++)
        {
            var asked = voting.Where((_, i) => (some & (1 << i)) != 0).ToList();
            if (quorums.TrueForAll(owners => owners.Count(asked.Contains) >= Options.Value.ReadQuorum))
                yield return asked.ConvertAll(node => Held(node, key));
        }
    }

    private ReplicaRow Held(string node, ReplicaKey key) => _tables[Member(node).Table].All()
        .Where(row => row.Partition == PartitionNames.Of(0) && row.Row.Name == key.Row)
        .Select(row => ReplicaRowCodec.Decode(row.Row.Data))
        .FirstOrDefault(ReplicaRow.Empty);

    private MemoryReplica? Table(ClusterMember member) => _cut.Contains(member.Id) ? null : _tables.GetValueOrDefault(member.Table);

    // Tables of new incarnations exist before anybody hears of them, and those of old ones are gone by then.
    private void Publish(ClusterDocument next)
    {
        foreach (var gone in Document.Nodes.Where(old => !next.Nodes.Any(now => now.Table == old.Table)))
        {
            _context.Touched(gone.Id, Touch.Write);
            _tables.Remove(gone.Table);
        }

        foreach (var member in next.Nodes)
            _tables.TryAdd(member.Table, new MemoryReplica(_context.Time));
        Document = next;
    }

    private static string[] OwnersOf(HashRing ring) => [.. ring.Owners(0).ToArray().Select(owner => owner.Id)];

    // The first by name that would own the partition beside the founders, or would not.
    private static RingNode Spare(bool owns)
    {
        var founders = Enumerable.Range(1, Owners).Select(region => new RingNode($"r{region}n1", $"r{region}")).ToList();
        return Enumerable.Range(2, MostSpares)
            .SelectMany(number => founders.Select(founder => new RingNode($"{founder.Region}n{number}", founder.Region)))
            .First(spare => OwnersOf(HashRing.Create([.. founders, spare], partitions: 1, Owners, 1)).Contains(spare.Id) == owns);
    }

    private ClusterMember Member(string node) => Document.Nodes.Single(n => n.Id == node);

    private ClusterMember Founder(string id, string region)
    {
        var incarnation = _mutation == Mutation.ReuseActor ? ReusedIncarnation : NewRandom();
        return new ClusterMember(id, region, 100, incarnation, ClusterMember.TableOf(NewRandom()), MemberState.Member);
    }

    private ulong NewRandom() => SecureRandom.Next64(_random);
}
