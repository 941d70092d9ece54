using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Serverless.Limits;

/// <summary>What domains, rules, keys and values may be called, and how paths of them become names.</summary>
public static class LimitNames
{
    public const int LongestName = 64;
    public const int LongestKey = 64;
    public const int LongestValue = 512;

    /// <summary>What <see cref="IsName"/> says, as part of a sentence.</summary>
    public const string NameWords = "1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'";

    private static readonly SearchValues<char> Separators = SearchValues.Create("%/=#|");
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Whether a domain or a rule may have this name.</summary>
    public static bool IsName(string name) => name.Length is >= 1 and <= LongestName && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    /// <summary>Whether an entry may have this key: 1 to 64 printable ASCII characters other than the space.</summary>
    public static bool IsKey(string key) => key.Length is >= 1 and <= LongestKey && !key.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>Whether an entry may have this value: at most 512 characters.</summary>
    public static bool IsValue(string value) => value.Length <= LongestValue;

    /// <summary>The text with the characters that separate parts of an id written as %XX, so that no two texts become one.</summary>
    internal static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAny(Separators))
            return text;
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (Separators.Contains(c))
                escaped.Append(CultureInfo.InvariantCulture, $"%{(int)c:X2}");
            else
                escaped.Append(c);
        }

        return escaped.ToString();
    }

    /// <summary>A name for the rule at a path such as user/path=/search: at most 64 printable ASCII characters without quote and backslash, so that headers can carry it.</summary>
    internal static string OfPath(string path)
    {
        const int Kept = 55;
        var safe = string.Create(path.Length, path, (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = from[i] is >= ' ' and <= '~' and not ('"' or '\\') ? from[i] : '_';
        });
        return safe.Length <= LongestName
            ? safe
            : string.Create(CultureInfo.InvariantCulture, $"{safe.AsSpan(0, Kept)}~{XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(path)):x8}");
    }

    /// <summary>The text in quotes, shortened for a sentence.</summary>
    internal static string Quote(string text) => $"\"{(text.Length <= LongestName ? text : text[..LongestName] + "…")}\"";
}
