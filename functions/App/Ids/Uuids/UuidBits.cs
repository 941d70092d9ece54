using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Serverless.Ids;

/// <summary>
/// What every version of RFC 9562 shares: 128 bits in big-endian order, of which 4 say the version and 2 the variant.
/// The bytes of a <see cref="Guid"/> in memory lie in another order, so ids are read and written only here.
/// </summary>
internal static class UuidBits
{
    private const int Size = 16;
    private const int VersionShift = 12;
    private const ulong VersionMask = 0xFUL << VersionShift;
    private const ulong VariantMask = 3UL << 62;
    private const ulong RfcVariant = 2UL << 62;

    /// <summary>Draws 128 random bits for each id, in one call and into the ids' own memory: no buffer is left behind that holds them.</summary>
    public static ReadOnlySpan<byte> Draw(Span<Guid> ids, Random random)
    {
        var bytes = MemoryMarshal.AsBytes(ids);
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>The two halves of what was drawn for one id: the first byte drawn is the highest.</summary>
    public static (ulong High, ulong Low) Halves(ReadOnlySpan<byte> drawn, int index)
    {
        var bytes = drawn.Slice(index * Size, Size);
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[sizeof(ulong)..]));
    }

    /// <summary>The id of two halves, with the 6 bits of version and variant laid over them.</summary>
    /// <param name="version">1 to 15.</param>
    public static Guid Stamp(ulong high, ulong low, int version)
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, high & ~VersionMask | (ulong)version << VersionShift);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[sizeof(ulong)..], low & ~VariantMask | RfcVariant);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The first half of an id, or null when it is of another version or variant.</summary>
    public static ulong? HighOf(Guid id, int version)
    {
        Span<byte> bytes = stackalloc byte[Size];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var (high, low) = Halves(bytes, 0);
        return (high & VersionMask) >> VersionShift == (ulong)version && (low & VariantMask) == RfcVariant ? high : null;
    }
}
