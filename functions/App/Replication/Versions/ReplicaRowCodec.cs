using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Serverless.Replication;

/// <summary>
/// Rows as bytes: a format byte, the own epoch, the context, the versions, then what the register promised and accepted. Numbers are unsigned LEB128, hashes and random
/// bits eight bytes, big-endian. Equal rows have equal bytes.
/// </summary>
internal static class ReplicaRowCodec
{
    /// <summary>The longest row that a table holds: 15 properties of 64 KiB.</summary>
    public const int MostBytes = 15 * 64 * 1024;

    /// <summary>Room for contexts, dots and types beside values: 64 KiB.</summary>
    public const int MostOverhead = 64 * 1024;

    private const byte Eventual = 1;
    private const byte WithRegister = 2;
    private const int MostDots = 100_000;

    public static byte[] Encode(ReplicaRow row)
    {
        var writer = new ArrayBufferWriter<byte>(256);
        writer.Write([row.Register is null ? Eventual : WithRegister]);
        WriteFixed64(writer, row.OwnEpoch);
        WriteContext(writer, row.Set.Context);
        WriteNumber(writer, (ulong)row.Set.Versions.Length);
        foreach (var version in row.Set.Versions)
            WriteVersion(writer, version);
        if (row.Register is { } register)
            RegisterCodec.Write(writer, register);
        return writer.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are no row of this format.</exception>
    public static ReplicaRow Decode(ReadOnlyMemory<byte> bytes)
    {
        var reader = new Reader(bytes);
        var format = reader.Byte();
        if (format is not (Eventual or WithRegister))
            throw new InvalidDataException("A row has an unknown format byte: it was written by a newer version, or is no row.");

        var own = reader.Fixed64();
        var context = ReadContext(ref reader);
        var versions = ImmutableArray.CreateBuilder<Version>();
        for (var left = reader.Number(); left > 0; left--)
            versions.Add(ReadVersion(ref reader));
        var set = new VersionSet(context, versions.ToImmutable());
        return new ReplicaRow(own, set, format == WithRegister ? RegisterCodec.Read(ref reader) : null);
    }

    /// <summary>Null when the bytes are no row of this format: a corrupt row is a replica that does not answer.</summary>
    public static ReplicaRow? TryDecode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return Decode(bytes);
        }
        catch (Exception bad) when (bad is InvalidDataException or ArgumentException)
        {
            return null;
        }
    }

    public static void WriteContext(IBufferWriter<byte> writer, CausalContext context)
    {
        WriteDots(writer, context.Vector);
        WriteDots(writer, context.Beyond);
    }

    /// <exception cref="InvalidDataException">The bytes are no context.</exception>
    public static CausalContext ReadContext(ref Reader reader) => CausalContext.Of(ReadDots(ref reader), ReadDots(ref reader));

    private static void WriteDots(IBufferWriter<byte> writer, ImmutableArray<Dot> dots)
    {
        WriteNumber(writer, (ulong)dots.Length);
        foreach (var dot in dots)
            WriteDot(writer, dot);
    }

    private static void WriteDot(IBufferWriter<byte> writer, Dot dot)
    {
        WriteFixed64(writer, dot.Actor.Incarnation);
        WriteFixed64(writer, dot.Actor.Epoch);
        WriteNumber(writer, dot.Counter);
    }

    private static Dot[] ReadDots(ref Reader reader)
    {
        var count = reader.Number();
        if (count > MostDots)
            throw new InvalidDataException("A context claims more dots than any key has.");

        var dots = new Dot[count];
        for (var i = 0; i < dots.Length; i++)
            dots[i] = ReadDot(ref reader);
        return dots;
    }

    private static Dot ReadDot(ref Reader reader) => new(new Actor(reader.Fixed64(), reader.Fixed64()), reader.Number());

    private static void WriteVersion(ArrayBufferWriter<byte> writer, Version version)
    {
        WriteDot(writer, version.Dot);
        WriteFixed128(writer, version.Nonce);
        WriteNumber(writer, (ulong)version.WrittenAt.ToUnixTimeMilliseconds());
        WriteNumber(writer, (ulong)(version.Length + 1));
        if (version.IsTombstone)
            return;

        var type = Encoding.UTF8.GetBytes(version.ContentType ?? "");
        WriteNumber(writer, (ulong)type.Length);
        writer.Write(type);
        if (!version.HasOwnRow)
            writer.Write(version.Value!.Value.Span);
    }

    private static Version ReadVersion(ref Reader reader)
    {
        var dot = ReadDot(ref reader);
        var nonce = reader.Fixed128();
        var writtenAt = DateTimeOffset.FromUnixTimeMilliseconds((long)reader.Number());
        var length = (int)reader.Number() - 1;
        if (length < 0)
            return new Version(dot, nonce, writtenAt, null, -1, null);

        var type = Encoding.UTF8.GetString(reader.Bytes((int)reader.Number()).Span);
        return new Version(dot, nonce, writtenAt, type, length, length > Version.InlineLimit ? default(ReadOnlyMemory<byte>?) : reader.Bytes(length));
    }

    public static void WriteFixed128(IBufferWriter<byte> writer, UInt128 value)
    {
        WriteFixed64(writer, (ulong)(value >> 64));
        WriteFixed64(writer, (ulong)value);
    }

    public static void WriteFixed64(IBufferWriter<byte> writer, ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(writer.GetSpan(8), value);
        writer.Advance(8);
    }

    public static void WriteNumber(IBufferWriter<byte> writer, ulong value)
    {
        var span = writer.GetSpan(10);
        var used = 0;
        for (; value >= 0x80; value >>= 7)
            span[used++] = (byte)(value | 0x80);
        span[used++] = (byte)value;
        writer.Advance(used);
    }

    /// <summary>Reads what the codec wrote; every read past the end is an <see cref="InvalidDataException"/>.</summary>
    internal struct Reader(ReadOnlyMemory<byte> bytes)
    {
        private ReadOnlyMemory<byte> _rest = bytes;

        public readonly bool AtEnd => _rest.IsEmpty;

        public byte Byte() => Bytes(1).Span[0];

        public ulong Fixed64() => BinaryPrimitives.ReadUInt64BigEndian(Bytes(8).Span);

        public UInt128 Fixed128() => new(Fixed64(), Fixed64());

        public ulong Number()
        {
            ulong value = 0;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var next = Byte();
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                    return value;
            }

            throw new InvalidDataException("A number is longer than 64 bits.");
        }

        public ReadOnlyMemory<byte> Bytes(int count)
        {
            if (count < 0 || count > _rest.Length)
                throw new InvalidDataException("The bytes end too early.");
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
