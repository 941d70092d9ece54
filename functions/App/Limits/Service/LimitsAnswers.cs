using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Limits;

/// <summary>Outcomes as HTTP.</summary>
internal static class LimitsAnswers
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static IResult RulesUnavailable => Problems.Unavailable(
        "rules-unavailable", "The rules are out of reach", "Too few replicas answered, so which rules are in force is not known.", TimeSpan.FromSeconds(1));

    public static IResult UnknownDomain(string domain) => Problems.NotFound("unknown-domain", $"No rules are stored for the domain '{domain}'.");

    /// <summary>A verdict, with how the limits stand in headers and body.</summary>
    /// <param name="http">The request.</param>
    /// <param name="verdict">What became of it.</param>
    /// <param name="standings">How the limits stand.</param>
    /// <param name="reservation">As it was answered, if it is one.</param>
    public static IResult Of(HttpContext http, LimitVerdict verdict, IReadOnlyList<LimitStanding> standings, string? reservation = null)
    {
        var limits = standings.Select(View).ToList();
        switch (verdict)
        {
            case LimitVerdict.Admitted(var delay):
                RateLimitHeaders.Write(http, standings, null);
                return Results.Json(new Decision(true, delay > TimeSpan.Zero ? delay.TotalSeconds : null, limits, reservation), Json);
            case LimitVerdict.Limited(var by, var retryAfter):
                RateLimitHeaders.Write(http, standings, retryAfter);
                return Limited(by, retryAfter, limits);
            case LimitVerdict.Impossible(var by):
                return Problems.Of(
                    StatusCodes.Status422UnprocessableEntity, "cost-above-limit", "It costs more than the limit",
                    $"The rule {by.Name} gives {by.Capacity} at most, so this can never succeed: ask for less at a time.", new Dictionary<string, object?> { ["rule"] = by.Name, ["limit"] = by.Capacity });
            case LimitVerdict.Unavailable(var by, var why):
                return Problems.Unavailable("limits-unavailable", "It cannot be counted now", $"The rule {by.Name} is closed while it cannot be counted: {why}.", TimeSpan.FromSeconds(1));
            default:
                throw new ArgumentOutOfRangeException(nameof(verdict));
        }
    }

    /// <summary>429, without headers.</summary>
    public static IResult Limited(LimitRule by, TimeSpan retryAfter, IReadOnlyList<object>? limits = null) => Problems.Of(
        StatusCodes.Status429TooManyRequests, "rate-limited", "Too many requests", $"The rule {by.Name} has not enough left. Nothing was used; ask again after {RateLimitHeaders.Seconds(retryAfter)} s.",
        new Dictionary<string, object?> { ["rule"] = by.Name, ["retryAfter"] = retryAfter.TotalSeconds, ["limits"] = limits });

    private static object View(LimitStanding standing) => new StandingView(
        standing.Rule.Name, standing.Rule.Limit, standing.Rule.Window.TotalSeconds, standing.Remaining, standing.ResetAfter.TotalSeconds, standing.Rule.Shadow ? true : null);

    private sealed record Decision(bool Allowed, double? Delay, IReadOnlyList<object> Limits, string? Reservation);

    private sealed record StandingView(string Name, long Limit, double Window, long Remaining, double Reset, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Shadow);
}
