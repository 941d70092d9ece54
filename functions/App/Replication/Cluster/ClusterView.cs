using Serverless.Ring;

namespace Serverless.Replication;

/// <summary>The cluster as of one epoch, with the connections to its nodes. Immutable.</summary>
public sealed class ClusterView
{
    // Nodes whose latencies differ by less are equally near: a key should keep its coordinator.
    private const double NearBucketMilliseconds = 20;

    private readonly Node[][] _owners;
    private readonly IReadOnlyList<IReadOnlyList<Node>>[] _quorums;

    /// <param name="document">The membership.</param>
    /// <param name="nodes">Its nodes, connected.</param>
    public ClusterView(ClusterDocument document, IReadOnlyDictionary<string, Node> nodes)
    {
        (Ring, Nodes, Document) = (document.ToRing(), nodes, document);
        var next = document.ToNextRing();
        _owners = new Node[Ring.Partitions][];
        _quorums = new IReadOnlyList<IReadOnlyList<Node>>[Ring.Partitions];
        for (var partition = 0; partition < _owners.Length; partition++)
        {
            var owners = Connected(Ring, partition);
            var later = next is null ? owners : Connected(next, partition);
            var moves = later.Except(owners).Any();
            _owners[partition] = moves ? [.. owners.Union(later)] : owners;
            _quorums[partition] = moves ? [owners, later] : [owners];
        }
    }

    public HashRing Ring { get; }

    public ClusterDocument Document { get; }

    public int Epoch => Ring.Epoch;

    public IReadOnlyDictionary<string, Node> Nodes { get; }

    /// <summary>The PartitionKey of the key: its partition in four hexadecimal digits.</summary>
    public string Partition(ReplicaKey key) => PartitionNames.Of(Ring.PartitionOf(key.Bytes));

    /// <summary>The N nodes that own the key, in preference order; while it moves, those that will own it as well.</summary>
    public IReadOnlyList<Node> Owners(ReplicaKey key) => Owners(Ring.PartitionOf(key.Bytes));

    /// <inheritdoc cref="Owners(ReplicaKey)"/>
    public IReadOnlyList<Node> Owners(int partition) => _owners[partition];

    /// <summary>The sets of owners in each of which an operation needs its quorum: one, or two while the key moves.</summary>
    public IReadOnlyList<IReadOnlyList<Node>> Quorums(ReplicaKey key) => Quorums(Ring.PartitionOf(key.Bytes));

    /// <inheritdoc cref="Quorums(ReplicaKey)"/>
    public IReadOnlyList<IReadOnlyList<Node>> Quorums(int partition) => _quorums[partition];

    /// <summary>The nodes of the ring in force: without one that has yet to come, or whose data is being dropped because it left.</summary>
    public IEnumerable<Node> Placed => Ring.Nodes.Select(node => Nodes[node.Id]);

    /// <summary>All the other nodes, in the order in which they stand in for owners that are down. One that leaves takes nothing more.</summary>
    public IReadOnlyList<Node> Fallbacks(ReplicaKey key)
    {
        var partition = Ring.PartitionOf(key.Bytes);
        var others = Ring.Fallbacks(partition).Select(node => Nodes[node.Id]);
        return Document.Move is { } move
            ? [.. others.Except(_owners[partition]).Where(node => move.Kind != MoveKind.Leave || node.Id != move.Node)]
            : [.. others];
    }

    /// <summary>The same nodes, those first that are up, then those in <paramref name="region"/>, then those that answer sooner.</summary>
    public static Node[] Nearest(IReadOnlyList<Node> owners, string region) =>
    [
        .. owners
            .OrderBy(node => node.Health.IsDown)
            .ThenBy(node => !node.Votes)
            .ThenBy(node => node.Region != region)
            .ThenBy(node => (int)(node.Health.P95.TotalMilliseconds / NearBucketMilliseconds)),
    ];

    private Node[] Connected(HashRing ring, int partition)
    {
        var owners = ring.Owners(partition);
        var nodes = new Node[owners.Length];
        for (var i = 0; i < nodes.Length; i++)
            nodes[i] = Nodes[owners[i].Id];
        return nodes;
    }
}
