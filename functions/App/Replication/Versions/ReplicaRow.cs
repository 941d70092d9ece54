namespace Serverless.Replication;

/// <summary>What one replica stores of one key.</summary>
/// <param name="OwnEpoch">The row epoch under which this replica issues dots for the key; 0 while only replication wrote the row. Never leaves the replica.</param>
/// <param name="Set">The knowledge that replicas exchange.</param>
public sealed record ReplicaRow(ulong OwnEpoch, VersionSet Set)
{
    public static readonly ReplicaRow Empty = new(0, VersionSet.Empty);
}
