using System.Buffers;
using System.Text;

namespace Serverless.Replication;

/// <summary>
/// Where a key lies in every node that owns it. The row name is the key in unpadded base64 over an alphabet in ordinal order,
/// so row order is key order and ranges stay possible; 256 bytes become 342 characters, within every table's limit.
/// </summary>
public sealed class ReplicaKey
{
    /// <summary>Bytes of the longest key: 256.</summary>
    public const int MaxBytes = 256;

    private const string Alphabet = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly string _encoded;

    /// <param name="space">Which room's keys: letters only, such as "kv".</param>
    /// <param name="key">Any text of 1 to 256 bytes in UTF-8.</param>
    public ReplicaKey(string space, string key)
    {
        Bytes = Encoding.UTF8.GetBytes(key);
        ArgumentOutOfRangeException.ThrowIfZero(Bytes.Length, nameof(key));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Bytes.Length, MaxBytes, nameof(key));
        Text = key;
        Space = space;
        _encoded = Encode(Bytes);
        Row = $"{space}.{_encoded}";
    }

    /// <summary>The key of a key's row; null for any other row, such as that of a long value or of the tree, whose name begins with a digit.</summary>
    public static ReplicaKey? FromRow(string row)
    {
        var dot = row.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && !row.AsSpan(0, dot).ContainsAnyExcept(Letters) && Decode(row.AsSpan(dot + 1)) is { } text
            ? new ReplicaKey(row[..dot], text)
            : null;
    }

    /// <summary>Which room's key it is.</summary>
    public string Space { get; }

    public string Text { get; }

    /// <summary>The UTF-8 bytes: what is hashed to find the partition.</summary>
    public byte[] Bytes { get; }

    /// <summary>The name of the key's row.</summary>
    public string Row { get; }

    /// <summary>The name of the row of one long value. '-' sorts before '.', so no range of keys meets these rows.</summary>
    public string ValueRow(Dot dot) => $"{Space}-v.{_encoded}.{dot}";

    internal static string? Decode(ReadOnlySpan<char> encoded)
    {
        var bytes = new List<byte>(encoded.Length);
        var bits = 0;
        var held = 0;
        foreach (var letter in encoded)
        {
            var value = Alphabet.IndexOf(letter, StringComparison.Ordinal);
            if (value < 0)
                return null;
            held = (held << 6) | value;
            bits += 6;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(held >> bits));
            }

            held &= (1 << bits) - 1;
        }

        return bytes.Count is > 0 and <= MaxBytes ? Encoding.UTF8.GetString([.. bytes]) : null;
    }

    internal static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder((bytes.Length * 4 + 2) / 3);
        var bits = 0;
        var held = 0;
        foreach (var b in bytes)
        {
            held = (held << 8) | b;
            for (bits += 8; bits >= 6; bits -= 6)
                text.Append(Alphabet[(held >> (bits - 6)) & 63]);
            held &= (1 << bits) - 1;
        }

        if (bits > 0)
            text.Append(Alphabet[(held << (6 - bits)) & 63]);
        return text.ToString();
    }
}
