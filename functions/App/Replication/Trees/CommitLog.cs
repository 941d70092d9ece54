using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Serverless.Replication;

/// <summary>
/// Makes the log row that is written in the transaction of every change of a replica: which key, and the hashes of its row before
/// and after. The roll-up folds log rows into the hash tree and deletes them (<see cref="NodeTree"/>); nothing else reads them.
/// </summary>
public sealed class CommitLog(TimeProvider clock, Random random)
{
    /// <summary>Null when nothing changes that trees cover.</summary>
    internal RowChange? Entry(ReplicaKey key, ReplicaRow before, ReplicaRow after)
    {
        var (old, now) = (before.Hash(), after.Hash());
        if (old == now)
            return null;
        var at = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return new RowChange.Insert(
            LogRow.Name(NodeTree.LeafOf(key), at, SecureRandom.Next64(random)),
            new LogRow(key.Row, old, now, at / 1_000).Encode());
    }
}

/// <summary>One change of one row.</summary>
/// <param name="Row">The key's row.</param>
/// <param name="Before">The hash of the row before the change; zero when there was none.</param>
/// <param name="After">The hash of the row after it.</param>
/// <param name="Second">When, in seconds since 1970 on the clock of the instance that made it.</param>
internal readonly record struct LogRow(string Row, UInt128 Before, UInt128 After, long Second)
{
    /// <summary>The names of all log rows lie from here …</summary>
    public const string First = "0.log.";

    /// <summary>… to before here.</summary>
    public const string End = "0.log/";

    private const byte Format = 1;
    private const int HeadBytes = 1 + 16 + 16 + 8;

    /// <summary>Unique, and by its beginning the leaf that it changes.</summary>
    public static string Name(int leaf, long milliseconds, ulong random) =>
        string.Create(CultureInfo.InvariantCulture, $"{First}{leaf:x2}.{milliseconds:x12}{random:x16}");

    /// <summary>Null when the name is no log row's.</summary>
    public static int? LeafOf(string name) =>
        name.Length > First.Length + 2 && int.TryParse(name.AsSpan(First.Length, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var leaf) && leaf < NodeTree.Leaves
            ? leaf
            : null;

    public byte[] Encode()
    {
        var bytes = new byte[HeadBytes + Row.Length];
        bytes[0] = Format;
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(1), Before);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(17), After);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(33), Second);
        Encoding.ASCII.GetBytes(Row, bytes.AsSpan(HeadBytes));
        return bytes;
    }

    /// <summary>Null when the bytes are no log row.</summary>
    public static LogRow? TryDecode(ReadOnlySpan<byte> bytes) => bytes.Length <= HeadBytes || bytes[0] != Format
        ? null
        : new LogRow(
            Encoding.ASCII.GetString(bytes[HeadBytes..]),
            BinaryPrimitives.ReadUInt128BigEndian(bytes[1..]),
            BinaryPrimitives.ReadUInt128BigEndian(bytes[17..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[33..]));
}
