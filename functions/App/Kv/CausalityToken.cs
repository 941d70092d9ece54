using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Hashing;
using Serverless.Replication;

namespace Serverless.Kv;

/// <summary>
/// The opaque X-Causality of the API: what a client knows of one key. Bound to the key and checked, so that garbage, or the token
/// of another key, is refused instead of overwriting what the client never saw.
/// </summary>
internal static class CausalityToken
{
    /// <summary>Longer tokens are refused unread: 16 KiB.</summary>
    public const int MaxLength = 16 * 1024;

    private const byte Format = 1;
    private const int CheckBytes = 8;

    public static string Of(ReplicaKey key, CausalContext context)
    {
        var writer = new ArrayBufferWriter<byte>(64);
        writer.Write([Format]);
        ReplicaRowCodec.WriteContext(writer, context);
        BinaryPrimitives.WriteUInt64BigEndian(writer.GetSpan(CheckBytes), Check(key, writer.WrittenSpan));
        writer.Advance(CheckBytes);
        return Base64Url.EncodeToString(writer.WrittenSpan);
    }

    /// <summary>Null when the text is no token of this key.</summary>
    public static CausalContext? TryRead(ReplicaKey key, string text)
    {
        if (text.Length > MaxLength)
            return null;
        try
        {
            var bytes = Base64Url.DecodeFromChars(text);
            if (bytes.Length <= CheckBytes || bytes[0] != Format
                || BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(^CheckBytes..)) != Check(key, bytes.AsSpan(..^CheckBytes)))
            {
                return null;
            }

            var reader = new ReplicaRowCodec.Reader(bytes.AsMemory(1..^CheckBytes));
            var context = ReplicaRowCodec.ReadContext(ref reader);
            return reader.AtEnd ? context : null;
        }
        catch (Exception bad) when (bad is FormatException or InvalidDataException)
        {
            return null;
        }
    }

    private static ulong Check(ReplicaKey key, ReadOnlySpan<byte> bytes) =>
        XxHash3.HashToUInt64(bytes, (long)XxHash3.HashToUInt64(key.Bytes));
}
