using System.Globalization;

namespace Serverless.Tests.Ids;

/// <summary>The fields of a UUID, read from its 32 digits: a second opinion on where the bits lie.</summary>
internal static class UuidParts
{
    public static bool IsRfc(this Guid id, int version) =>
        Digits(id) is var digits && digits[12] == (char)('0' + version) && digits[16] is '8' or '9' or 'a' or 'b';

    public static long Milliseconds(this Guid id) => Convert.ToInt64(Digits(id)[..12], 16);

    /// <summary>The 22 bits after the version, without the variant.</summary>
    public static int Counter(this Guid id)
    {
        var digits = Digits(id);
        return Convert.ToInt32(digits[13..16], 16) << 10 | Convert.ToInt32(digits[16..20], 16) >> 4 & 0x3FF;
    }

    /// <summary>The last 52 bits.</summary>
    public static long Tail(this Guid id) => Convert.ToInt64(Digits(id)[19..], 16);

    /// <summary>Greater one after another, as text and as Guids.</summary>
    public static bool AreIncreasing(this IReadOnlyList<Guid> ids) =>
        ids.Zip(ids.Skip(1)).All(pair =>
            string.CompareOrdinal(pair.First.ToString(), pair.Second.ToString()) < 0 && pair.First.CompareTo(pair.Second) < 0);

    private static string Digits(Guid id) => id.ToString("N", CultureInfo.InvariantCulture);
}
