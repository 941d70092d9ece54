using System.Buffers.Binary;
using System.IO.Hashing;

namespace Serverless.Replication;

/// <summary>What one replica stores of one key.</summary>
/// <param name="OwnEpoch">The row epoch under which this replica issues dots for the key; 0 while only replication wrote the row. Never leaves the replica.</param>
/// <param name="Set">The knowledge that replicas exchange.</param>
/// <param name="Register">This replica as an acceptor of the key's strict register; null when it took part in no strict operation.</param>
public sealed record ReplicaRow(ulong OwnEpoch, VersionSet Set, RegisterState? Register = null)
{
    public static readonly ReplicaRow Empty = new(0, VersionSet.Empty);

    /// <summary>Whether the key was written strictly, as far as this replica knows: it refuses eventual writes.</summary>
    public bool IsStrict => Register?.Value is not null;

    /// <summary>
    /// Equal on replicas that hold the same versions and accepted the same; zero when that is nothing. A promise is no part of it: it
    /// binds one acceptor, and is nothing to repair.
    /// </summary>
    public UInt128 Hash()
    {
        var versions = Set.IsEmpty ? UInt128.Zero : Set.Fingerprint();
        if (Register is not { Value: { } value, Accepted: var ballot })
            return versions;
        Span<byte> bytes = stackalloc byte[48];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, versions);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], value.Nonce);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[32..], ballot.Round);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[40..], ballot.Proposer);
        return XxHash128.HashToUInt128(bytes);
    }
}
