using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Serverless.Limits;

/// <summary>What an answer says about when to send more.</summary>
/// <param name="RetryAfter">Not to send the same request again before; null when it does not say so.</param>
/// <param name="Exhausted">For so long nothing is left for any request; null when something is, or nobody says.</param>
internal readonly record struct RateLimitAdvice(TimeSpan? RetryAfter, TimeSpan? Exhausted)
{
    /// <summary>Longer is not believed: 1 hour. Then one request finds out.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    // X-RateLimit-Reset has no standard: seconds from now, or since 1970.
    private const double FirstDate = 1e9;

    public static RateLimitAdvice Of(HttpResponseMessage answer, DateTimeOffset now) => new(Retry(answer.Headers, now), Reset(answer.Headers, now));

    /// <summary>How long to wait before the same request is sent again; null when that is not called for.</summary>
    /// <param name="status">The answer's.</param>
    /// <param name="retries">Made before.</param>
    public TimeSpan? Wait(HttpStatusCode status, int retries) => status switch
    {
        HttpStatusCode.TooManyRequests => Longer(RetryAfter, Exhausted) ?? TimeSpan.FromSeconds(1 << retries),
        HttpStatusCode.ServiceUnavailable when RetryAfter is not null => Longer(RetryAfter, Exhausted),
        _ => null,
    };

    private static TimeSpan? Longer(TimeSpan? one, TimeSpan? other) => other is null || one > other ? one : other;

    private static TimeSpan? Retry(HttpResponseHeaders headers, DateTimeOffset now) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,

        // By the clock that wrote it, when the answer bears its time.
        { Date: { } date } => date > (headers.Date ?? now) ? date - (headers.Date ?? now) : TimeSpan.Zero,
        _ => null,
    };

    private static TimeSpan? Reset(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (headers.TryGetValues("RateLimit", out var fields))
        {
            var spent = fields.SelectMany(RateLimitField.Parse).Where(item => item is { Remaining: 0, Reset: > 0 }).Select(item => (double)item.Reset!.Value).ToList();
            return spent.Count > 0 ? Seconds(spent.Max()) : null;
        }

        return Number(headers, "X-RateLimit-Remaining") == 0 && Number(headers, "X-RateLimit-Reset") is > 0 and var reset
            ? Seconds(reset < FirstDate ? reset : reset - now.ToUnixTimeMilliseconds() / 1000.0)
            : null;
    }

    private static TimeSpan? Seconds(double seconds) => seconds > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds)) : null;

    private static double? Number(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) && double.TryParse(values.First(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
}
