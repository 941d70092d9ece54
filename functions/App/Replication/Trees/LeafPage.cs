using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;

namespace Serverless.Replication;

/// <summary>One key in a leaf.</summary>
/// <param name="Hash">Of the key's row, which covers its versions and context.</param>
/// <param name="Second">When it last changed here, in seconds since 1970.</param>
internal readonly record struct LeafEntry(UInt128 Hash, long Second);

/// <summary>
/// A leaf of the hash tree: the keys of the partition whose hash falls into it, each with the hash of its row. Immutable.
/// </summary>
internal sealed class LeafPage
{
    public static readonly LeafPage Empty = new(ImmutableSortedDictionary.Create<string, LeafEntry>(StringComparer.Ordinal));

    private const byte Format = 1;

    private LeafPage(ImmutableSortedDictionary<string, LeafEntry> entries) => Entries = entries;

    /// <summary>By the key's row, in ordinal order.</summary>
    public ImmutableSortedDictionary<string, LeafEntry> Entries { get; }

    public static LeafPage Of(IEnumerable<KeyValuePair<string, LeafEntry>> entries) => new(Empty.Entries.AddRange(entries));

    /// <summary>
    /// With one change more. Hashes are combined by exclusive or, so changes may come in any order: a row that went from nothing to a
    /// and from a to b ends at b either way.
    /// </summary>
    public LeafPage With(LogRow change)
    {
        var now = Entries.GetValueOrDefault(change.Row);
        var hash = now.Hash ^ change.Before ^ change.After;
        return new(hash == UInt128.Zero ? Entries.Remove(change.Row) : Entries.SetItem(change.Row, new LeafEntry(hash, Math.Max(now.Second, change.Second))));
    }

    /// <summary>The hash of the leaf: equal on nodes that hold the same; zero of an empty one.</summary>
    public UInt128 Sum()
    {
        var sum = UInt128.Zero;
        Span<byte> hash = stackalloc byte[16];
        var hasher = new XxHash128();
        foreach (var (row, entry) in Entries)
        {
            BinaryPrimitives.WriteUInt128BigEndian(hash, entry.Hash);
            hasher.Append(Encoding.ASCII.GetBytes(row));
            hasher.Append(hash);
            sum ^= hasher.GetCurrentHashAsUInt128();
            hasher.Reset();
        }

        return sum;
    }

    public byte[] Encode()
    {
        var writer = new ArrayBufferWriter<byte>(64 * (1 + Entries.Count));
        writer.Write([Format]);
        ReplicaRowCodec.WriteNumber(writer, (ulong)Entries.Count);
        foreach (var (row, entry) in Entries)
        {
            ReplicaRowCodec.WriteNumber(writer, (ulong)row.Length);
            writer.Write(Encoding.ASCII.GetBytes(row));
            ReplicaRowCodec.WriteFixed128(writer, entry.Hash);
            ReplicaRowCodec.WriteNumber(writer, (ulong)entry.Second);
        }

        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Null when the bytes are no leaf.</summary>
    public static LeafPage? TryDecode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new ReplicaRowCodec.Reader(bytes);
            if (reader.Byte() != Format)
                return null;
            var entries = Empty.Entries.ToBuilder();
            for (var left = reader.Number(); left > 0; left--)
                entries[Encoding.ASCII.GetString(reader.Bytes((int)reader.Number()).Span)] = new LeafEntry(reader.Fixed128(), (long)reader.Number());
            return reader.AtEnd ? new LeafPage(entries.ToImmutable()) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
