using System.IO.Hashing;
using System.Text;

namespace Serverless.Ring;

/// <summary>
/// The fixed 64-bit hash of keys and node ids: XXH3 with seed 0, exactly as published (https://xxhash.com), so that any
/// client in any language can compute a key's partition. <c>string.GetHashCode</c> differs from process to process.
/// Not for secrets: whoever knows the seed can aim keys at one partition.
/// </summary>
public static class KeyHash
{
    // A key is at most 256 bytes of UTF-8; longer text still hashes, from a copy on the heap.
    private const int StackBytes = 512;

    /// <summary>Hash of the bytes of a key.</summary>
    public static ulong Of(ReadOnlySpan<byte> key) => XxHash3.HashToUInt64(key);

    /// <summary>Hash of a text's UTF-8 bytes.</summary>
    public static ulong Of(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> buffer = stackalloc byte[StackBytes];
        return Encoding.UTF8.TryGetBytes(key, buffer, out var written)
            ? Of(buffer[..written])
            : Of(Encoding.UTF8.GetBytes(key));
    }

    /// <summary>
    /// The partition of a hash: 0 to <paramref name="partitions"/> - 1. The high half of hash × partitions (Lemire 2019):
    /// no division, any count, and as even as the hash itself, with partitions in the order of hashes.
    /// </summary>
    public static int PartitionOf(ulong hash, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        return (int)Math.BigMul(hash, (ulong)partitions, out _);
    }
}
