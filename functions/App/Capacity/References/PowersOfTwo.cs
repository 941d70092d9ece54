namespace Serverless.Capacity;

/// <summary>A power of two and the amount of bytes that people mean by it.</summary>
/// <param name="Power">2 to this power.</param>
/// <param name="Bytes">How many bytes that is.</param>
/// <param name="About">The same, roughly.</param>
/// <param name="Name">The unit, and its exact name by IEC 80000-13.</param>
/// <param name="Short">Its sign, as it is commonly used.</param>
public sealed record PowerOfTwo(int Power, long Bytes, string About, string Name, string Short);

/// <summary>The powers of two that estimates are made with.</summary>
internal static class PowersOfTwo
{
    public const string Source = "IEC 80000-13; in everyday estimates a KB counts as a thousand bytes. Figures here count 1 TB as 10^12 bytes, as Azure's prices of transfer do";

    public static readonly IReadOnlyList<PowerOfTwo> All =
    [
        new(10, 1L << 10, "a thousand", "kilobyte (kibibyte)", "KB"),
        new(20, 1L << 20, "a million", "megabyte (mebibyte)", "MB"),
        new(30, 1L << 30, "a billion", "gigabyte (gibibyte)", "GB"),
        new(40, 1L << 40, "a trillion", "terabyte (tebibyte)", "TB"),
        new(50, 1L << 50, "a quadrillion", "petabyte (pebibyte)", "PB"),
    ];
}
