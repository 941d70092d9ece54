using System.Globalization;

namespace Serverless.Limits;

/// <summary>What a response says of the sender's quota: Retry-After (RFC 9110), RateLimit (draft-ietf-httpapi-ratelimit-headers), or the older X-RateLimit-Remaining and -Reset. What cannot be read is as if it were not there.</summary>
internal static class RateLimitAdvice
{
    // Resets that are later than this in seconds are times of the calendar, as some write them.
    private const long LongestSeconds = 366 * 86_400;

    /// <summary>How long not to send anything; null when there is no reason to wait.</summary>
    public static TimeSpan? WaitOf(HttpResponseMessage response, DateTimeOffset now)
    {
        var wait = RetryAfter(response, now);
        foreach (var (remaining, reset) in Items(response).Concat(Older(response, now)))
        {
            if (remaining <= 0 && (wait is null || reset > wait))
                wait = reset;
        }

        return wait;
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now)
    {
        var header = response.Headers.RetryAfter;
        return header?.Delta ?? (header?.Date is { } date ? date > now ? date - now : TimeSpan.Zero : null);
    }

    // A list of items with parameters, such as "default";r=0;t=30 (RFC 9651).
    private static IEnumerable<(long Remaining, TimeSpan Reset)> Items(HttpResponseMessage response)
    {
        foreach (var item in Values(response, "RateLimit").SelectMany(value => value.Split(',')))
        {
            var parameters = item.Split(';', StringSplitOptions.TrimEntries).Skip(1).Select(parameter => parameter.Split('=', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1]);
            if (Number(parameters["r"].FirstOrDefault()) is { } remaining && Number(parameters["t"].FirstOrDefault()) is { } reset and <= LongestSeconds)
                yield return (remaining, TimeSpan.FromSeconds(reset));
        }
    }

    private static IEnumerable<(long Remaining, TimeSpan Reset)> Older(HttpResponseMessage response, DateTimeOffset now)
    {
        if (Number(Values(response, "X-RateLimit-Remaining").FirstOrDefault()) is not { } remaining || Number(Values(response, "X-RateLimit-Reset").FirstOrDefault()) is not { } reset)
            yield break;
        var seconds = reset > LongestSeconds ? reset - now.ToUnixTimeSeconds() : reset;
        if (seconds is >= 0 and <= LongestSeconds)
            yield return (remaining, TimeSpan.FromSeconds(seconds));
    }

    private static IEnumerable<string> Values(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values : [];

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
