using System.Collections.Immutable;

namespace Serverless.Ring;

/// <summary>
/// Which nodes hold each partition: consistent hashing with virtual nodes, weights and regions over a fixed number of
/// partitions. Immutable. A pure function of nodes, partitions and copies: history and the order of nodes do not matter, so
/// every instance that knows the same nodes knows the same owners.
/// </summary>
public sealed class HashRing
{
    /// <summary>Partitions when none are asked for. For more than about 5 nodes take 1024 or more: see the room's README on balance.</summary>
    public const int DefaultPartitions = 256;
    public const int MaxPartitions = 65_536;
    public const int DefaultCopies = 3;
    public const int MaxCopies = 7;
    public const int MaxNodes = 256;

    private readonly byte[] _walk;
    private readonly RingNode[] _owners;
    private readonly int _ownersEach;

    private HashRing(ImmutableArray<RingNode> nodes, int partitions, int copies, int epoch, byte[] walk)
    {
        Nodes = nodes;
        Partitions = partitions;
        Copies = copies;
        Epoch = epoch;
        _walk = walk;
        _ownersEach = Math.Min(copies, nodes.Length);
        _owners = new RingNode[partitions * _ownersEach];
        for (var i = 0; i < _owners.Length; i++)
            _owners[i] = nodes[walk[i / _ownersEach * nodes.Length + i % _ownersEach]];
    }

    /// <summary>Every node, sorted by id (ordinal): 1 to 256.</summary>
    public ImmutableArray<RingNode> Nodes { get; }

    /// <summary>Partitions that keys fall into: 1 to 65,536, default 256. Fixed for the life of the data.</summary>
    public int Partitions { get; }

    /// <summary>Copies wanted of each partition: 1 to 7, default 3. With fewer nodes, every node holds one.</summary>
    public int Copies { get; }

    /// <summary>Version of the ring: 1 or more, one higher with each change. Requests carry it, because instances hold stale rings.</summary>
    public int Epoch { get; }

    /// <summary>Places the partitions.</summary>
    /// <exception cref="ArgumentException">With a sentence that names the field which is wrong.</exception>
    public static HashRing Create(
        IEnumerable<RingNode> nodes, int partitions = DefaultPartitions, int copies = DefaultCopies, int epoch = 1)
    {
        var (ring, refusal) = TryCreate(nodes, partitions, copies, epoch);
        return ring ?? throw new ArgumentException(refusal);
    }

    /// <summary>As <see cref="Create"/>, with the refusal as a value: exactly one of the two is null.</summary>
    public static (HashRing? Ring, string? Refusal) TryCreate(IEnumerable<RingNode> nodes, int partitions, int copies, int epoch)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        var sorted = nodes.OrderBy(node => node?.Id, StringComparer.Ordinal).ToImmutableArray();
        return RingRules.Refusal(sorted, partitions, copies, epoch) is { } refusal
            ? (null, refusal)
            : (new HashRing(sorted, partitions, copies, epoch, RingWalk.Of(sorted, partitions)), null);
    }

    /// <summary>The partition of a key's bytes.</summary>
    public int PartitionOf(ReadOnlySpan<byte> key) => KeyHash.PartitionOf(KeyHash.Of(key), Partitions);

    /// <summary>The partition of a key's UTF-8 bytes.</summary>
    public int PartitionOf(string key) => KeyHash.PartitionOf(KeyHash.Of(key), Partitions);

    /// <summary>
    /// The preference list: the nodes that hold the partition, distinct, nearest first, in distinct regions while there are enough
    /// and then as evenly over them as their nodes allow. A view of the ring: nothing is allocated.
    /// </summary>
    public ReadOnlySpan<RingNode> Owners(int partition) => _owners.AsSpan(partition * _ownersEach, _ownersEach);

    /// <summary>All the other nodes, in the order in which the walk goes on: who stands in when owners are down.</summary>
    public ImmutableArray<RingNode> Fallbacks(int partition)
    {
        var order = _walk.AsSpan(partition * Nodes.Length, Nodes.Length)[_ownersEach..];
        var nodes = ImmutableArray.CreateBuilder<RingNode>(order.Length);
        foreach (var index in order)
            nodes.Add(Nodes[index]);
        return nodes.MoveToImmutable();
    }

    /// <summary>The next ring, with one more node.</summary>
    /// <exception cref="ArgumentException">The id is taken, the node breaks a rule, or the ring is full.</exception>
    public HashRing Join(RingNode node) => Next(Nodes.Add(node));

    /// <summary>The next ring, without a node.</summary>
    /// <exception cref="ArgumentException">There is no such node, or it is the last.</exception>
    public HashRing Leave(string id) => Next(Nodes.Remove(Node(id)));

    /// <summary>The next ring, in which a node has another weight: 1 to 1000.</summary>
    /// <exception cref="ArgumentException">There is no such node, or the weight is out of range.</exception>
    public HashRing Reweigh(string id, int weight) => Next(Nodes.Replace(Node(id), Node(id) with { Weight = weight }));

    private HashRing Next(ImmutableArray<RingNode> nodes) => Create(nodes, Partitions, Copies, Epoch + 1);

    private RingNode Node(string id) =>
        Nodes.FirstOrDefault(node => node.Id == id) ?? throw new ArgumentException($"id '{id}' is not a node of this ring.");
}
