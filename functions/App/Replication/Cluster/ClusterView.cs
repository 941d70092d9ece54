using Serverless.Ring;

namespace Serverless.Replication;

/// <summary>The cluster as of one epoch, with the connections to its nodes. Immutable.</summary>
public sealed class ClusterView
{
    // Nodes whose latencies differ by less are equally near: a key should keep its coordinator.
    private const double NearBucketMilliseconds = 20;

    private readonly Node[][] _owners;

    /// <param name="document">The membership.</param>
    /// <param name="nodes">Its nodes, connected.</param>
    public ClusterView(ClusterDocument document, IReadOnlyDictionary<string, Node> nodes)
    {
        var ring = document.ToRing();
        (Ring, Nodes, Document) = (ring, nodes, document);
        _owners = new Node[ring.Partitions][];
        for (var partition = 0; partition < _owners.Length; partition++)
        {
            var owners = ring.Owners(partition);
            _owners[partition] = new Node[owners.Length];
            for (var i = 0; i < owners.Length; i++)
                _owners[partition][i] = nodes[owners[i].Id];
        }
    }

    public HashRing Ring { get; }

    public ClusterDocument Document { get; }

    public int Epoch => Ring.Epoch;

    public IReadOnlyDictionary<string, Node> Nodes { get; }

    /// <summary>The PartitionKey of the key: its partition in four hexadecimal digits.</summary>
    public string Partition(ReplicaKey key) => PartitionNames.Of(Ring.PartitionOf(key.Bytes));

    /// <summary>The N nodes that own the key, in preference order.</summary>
    public IReadOnlyList<Node> Owners(ReplicaKey key) => _owners[Ring.PartitionOf(key.Bytes)];

    /// <summary>The N nodes that own the partition, in preference order.</summary>
    public IReadOnlyList<Node> Owners(int partition) => _owners[partition];

    /// <summary>All the other nodes, in the order in which they stand in for owners that are down.</summary>
    public IReadOnlyList<Node> Fallbacks(ReplicaKey key) => [.. Ring.Fallbacks(Ring.PartitionOf(key.Bytes)).Select(node => Nodes[node.Id])];

    /// <summary>The same nodes, those first that are up, then those in <paramref name="region"/>, then those that answer sooner.</summary>
    public static Node[] Nearest(IReadOnlyList<Node> owners, string region) =>
    [
        .. owners
            .OrderBy(node => node.Health.IsDown)
            .ThenBy(node => !node.Votes)
            .ThenBy(node => node.Region != region)
            .ThenBy(node => (int)(node.Health.P95.TotalMilliseconds / NearBucketMilliseconds)),
    ];
}
