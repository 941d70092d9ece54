using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Serverless.Ids;

/// <summary>
/// A positive 63-bit id that sorts by the time it was issued (Twitter's Snowflake, 2010): milliseconds, datacenter, worker, sequence, as
/// <see cref="SnowflakeLayout"/> packs them. As text it is decimal, and so it is in JSON: JavaScript's numbers end at 53 bits. Texts of a fixed
/// width, in which their order is that of the ids, are format "D19".
/// </summary>
[JsonConverter(typeof(SnowflakeJson))]
public readonly record struct Snowflake(long Value) : IComparable<Snowflake>, ISpanFormattable, IUtf8SpanFormattable, ISpanParsable<Snowflake>
{
    /// <summary>Characters of the longest id.</summary>
    public const int MaxDigits = 19;

    public static bool operator <(Snowflake left, Snowflake right) => left.Value < right.Value;

    public static bool operator >(Snowflake left, Snowflake right) => left.Value > right.Value;

    public static bool operator <=(Snowflake left, Snowflake right) => left.Value <= right.Value;

    public static bool operator >=(Snowflake left, Snowflake right) => left.Value >= right.Value;

    public int CompareTo(Snowflake other) => Value.CompareTo(other.Value);

    /// <exception cref="FormatException">It is no id: see <see cref="TryParse(ReadOnlySpan{char}, out Snowflake)"/>.</exception>
    public static Snowflake Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), provider);
    }

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static Snowflake Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, out var id) ? id : throw new FormatException($"'{s}' is no id: it must be a decimal number from 1 to {long.MaxValue}.");

    /// <summary>Reads ASCII decimal digits, exactly as they are written: no sign, no space, no leading zero, from 1 to 2^63 - 1.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, out Snowflake result)
    {
        long value = 0;
        var well = s is not (['0', ..] or []) && !s.ContainsAnyExceptInRange('0', '9') && long.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        result = new Snowflake(value);
        return well;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out Snowflake)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Snowflake result) => TryParse(s.AsSpan(), out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out Snowflake)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Snowflake result) => TryParse(s, out result);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public string ToString(string? format, IFormatProvider? formatProvider = null) => Value.ToString(format, CultureInfo.InvariantCulture);

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Value.TryFormat(destination, out charsWritten, format, CultureInfo.InvariantCulture);

    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Value.TryFormat(utf8Destination, out bytesWritten, format, CultureInfo.InvariantCulture);
}
