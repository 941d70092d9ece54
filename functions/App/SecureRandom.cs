using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Serverless;

/// <summary>Randomness of the deployed app: row epochs, nonces and incarnations must never repeat, on any instance. Thread-safe; tests inject a seeded Random instead.</summary>
public sealed class SecureRandom() : Random(0)
{
    public override void NextBytes(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);

    public override void NextBytes(byte[] buffer) => RandomNumberGenerator.Fill(buffer);

    public override int Next() => Next(int.MaxValue);

    public override int Next(int maxValue) => maxValue > 1 ? RandomNumberGenerator.GetInt32(maxValue) : 0;

    public override int Next(int minValue, int maxValue) => maxValue - (long)minValue > 1 ? RandomNumberGenerator.GetInt32(minValue, maxValue) : minValue;

    public override double NextDouble() => Sample();

    protected override double Sample() => (Next64(this) >> 11) * (1.0 / (1UL << 53));

    /// <summary>64 random bits, never 0, from any source.</summary>
    public static ulong Next64(Random random)
    {
        Span<byte> bytes = stackalloc byte[8];
        ulong value;
        do
        {
            random.NextBytes(bytes);
            value = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        }
        while (value == 0);
        return value;
    }
}
