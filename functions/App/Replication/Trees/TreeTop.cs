using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Serverless.Replication;

/// <summary>The hashes of all leaves of one partition on one node: all that is read while nodes agree. Parents of them are not stored. Immutable.</summary>
internal sealed record TreeTop(ImmutableArray<UInt128> Leaves)
{
    public static readonly TreeTop Empty = new([.. new UInt128[NodeTree.Leaves]]);

    private const byte Format = 1;
    private const int HashBytes = 16;

    public TreeTop With(int leaf, UInt128 sum) => new(Leaves.SetItem(leaf, sum));

    public byte[] Encode()
    {
        var bytes = new byte[1 + Leaves.Length * HashBytes];
        bytes[0] = Format;
        for (var i = 0; i < Leaves.Length; i++)
            BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(1 + i * HashBytes), Leaves[i]);
        return bytes;
    }

    /// <summary>Null when the bytes are no tree of this many leaves.</summary>
    public static TreeTop? TryDecode(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length != 1 + NodeTree.Leaves * HashBytes || bytes.Span[0] != Format)
            return null;
        var leaves = new UInt128[NodeTree.Leaves];
        for (var i = 0; i < leaves.Length; i++)
            leaves[i] = BinaryPrimitives.ReadUInt128BigEndian(bytes.Span[(1 + i * HashBytes)..]);
        return new([.. leaves]);
    }
}
