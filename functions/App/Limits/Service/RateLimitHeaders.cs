using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Serverless.Limits;

/// <summary>
/// How limits stand, as headers: RateLimit-Policy and RateLimit of draft-ietf-httpapi-ratelimit-headers (structured fields, RFC 9651), one item per limit, the one that is nearest to its end
/// first; and of that one, for older clients, X-RateLimit-Limit, -Remaining and -Reset, and the parameters limit, remaining and reset, which the draft once had and lets stand beside its
/// own. Times are whole seconds, rounded up.
/// </summary>
internal static class RateLimitHeaders
{
    /// <param name="http">Whose response.</param>
    /// <param name="standings">How the limits stand.</param>
    /// <param name="retryAfter">When a request that was refused may come again; null when it was not.</param>
    public static void Write(HttpContext http, IReadOnlyList<LimitStanding> standings, TimeSpan? retryAfter)
    {
        if (retryAfter is { } wait)
            http.Response.Headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
        if (standings.Count == 0)
            return;
        standings = [.. standings.OrderBy(standing => standing.Rule.Shadow).ThenBy(Share).ThenByDescending(standing => standing.ResetAfter)];
        var (nearest, headers) = (standings[0], http.Response.Headers);
        headers["RateLimit-Policy"] = string.Join(", ", standings.Select(Policy));
        headers["RateLimit"] = string.Join(", ", standings.Select((standing, i) => State(standing, retryAfter) + (i == 0 ? Older(standing, retryAfter) : "")));
        headers["X-RateLimit-Limit"] = nearest.Rule.Capacity.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Remaining"] = nearest.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Reset"] = Seconds(Reset(nearest, retryAfter)).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Whole seconds, rounded up, at least 1 and at most a year.</summary>
    public static long Seconds(TimeSpan time) => (long)Math.Clamp(Math.Ceiling(time.TotalSeconds), 1, 366 * 86_400);

    private static string Policy(LimitStanding standing) => string.Create(
        CultureInfo.InvariantCulture, $"\"{standing.Rule.Name}\";q={standing.Rule.Limit};w={Seconds(standing.Rule.Window)}");

    private static string State(LimitStanding standing, TimeSpan? retryAfter) => string.Create(
        CultureInfo.InvariantCulture, $"\"{standing.Rule.Name}\";r={standing.Remaining};t={Seconds(Reset(standing, retryAfter))}");

    private static string Older(LimitStanding standing, TimeSpan? retryAfter) => string.Create(
        CultureInfo.InvariantCulture, $";limit={standing.Rule.Capacity};remaining={standing.Remaining};reset={Seconds(Reset(standing, retryAfter))}");

    // Whoever is told when to come again must not be told of a later time beside it.
    private static TimeSpan Reset(LimitStanding standing, TimeSpan? retryAfter) =>
        retryAfter is { } wait && wait < standing.ResetAfter ? wait : standing.ResetAfter;

    private static double Share(LimitStanding standing) => standing.Remaining / (double)Math.Max(1, standing.Rule.Capacity);
}
