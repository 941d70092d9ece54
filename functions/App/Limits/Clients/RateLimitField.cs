using System.Globalization;

namespace Serverless.Limits;

/// <summary>
/// The RateLimit field of draft-ietf-httpapi-ratelimit-headers, a list of RFC 9651: <c>"default";r=50;t=30, "day";r=9000;t=3600</c>. What cannot be read is passed over: an
/// item, or a parameter of it, never the rest.
/// </summary>
internal static class RateLimitField
{
    /// <summary>The items that say how much remains.</summary>
    public static IEnumerable<RateLimitItem> Parse(string field)
    {
        foreach (var member in Split(field, ','))
        {
            var parts = Split(member, ';');
            if (!IsName(parts[0]))
                continue;
            var (remaining, reset) = ((long?)null, (long?)null);
            foreach (var parameter in parts.Skip(1))
            {
                // Of a repeated parameter the last counts.
                if (Value(parameter, "r=") is { } r)
                    remaining = r;
                else if (Value(parameter, "t=") is { } t)
                    reset = t;
            }

            if (remaining is { } left)
                yield return new RateLimitItem(left, reset);
        }
    }

    // Quoted, or a token as older drafts had it.
    private static bool IsName(string name) => name is ['"', .., '"'] || (name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '*') && !name.Contains('='));

    private static long? Value(string parameter, string key) =>
        parameter.StartsWith(key, StringComparison.Ordinal) && long.TryParse(parameter.AsSpan(key.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    // Where the character stands outside of quotes.
    private static List<string> Split(string text, char at)
    {
        var (parts, from, isQuoted) = (new List<string>(), 0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (isQuoted && text[i] == '\\')
                i++;
            else if (text[i] == '"')
                isQuoted = !isQuoted;
            else if (text[i] == at && !isQuoted)
                (_, from) = (Add(from, i), i + 1);
        }

        Add(from, text.Length);
        return parts;

        int Add(int start, int end)
        {
            parts.Add(text[start..end].Trim(' ', '\t'));
            return end;
        }
    }
}

/// <param name="Remaining">Requests that may still be sent.</param>
/// <param name="Reset">Seconds until there are more; null when it is not said.</param>
internal readonly record struct RateLimitItem(long Remaining, long? Reset);
