namespace Serverless.Replication;

/// <summary>Where one node keeps the row of a key: among the rows of its partition when it owns it, among its hints when it stands in for an owner.</summary>
internal readonly record struct RowSite
{
    private readonly string _prefix;

    private RowSite(Node node, string partition, string prefix) => (Node, Partition, _prefix) = (node, partition, prefix);

    public Node Node { get; }

    /// <summary>The PartitionKey.</summary>
    public string Partition { get; }

    /// <summary>Whether the row waits here for an owner. Hints have no commit log: no tree covers them.</summary>
    public bool IsHint => _prefix.Length > 0;

    /// <param name="owner">A node that owns the partition.</param>
    /// <param name="partition">In four hexadecimal digits.</param>
    public static RowSite Of(Node owner, string partition) => new(owner, partition, "");

    /// <param name="standIn">The node that keeps the hint.</param>
    /// <param name="owner">The id of the node it is kept for.</param>
    /// <param name="partition">Of the key, in four hexadecimal digits.</param>
    public static RowSite Hint(Node standIn, string owner, string partition) => new(standIn, HintNames.PartitionOf(owner), HintNames.Prefix(partition));

    public string Row(ReplicaKey key) => _prefix + key.Row;

    public string ValueRow(ReplicaKey key, Dot dot) => _prefix + key.ValueRow(dot);
}
