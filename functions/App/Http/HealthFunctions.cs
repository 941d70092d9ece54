using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Serverless.Http;

/// <summary>Whether this stamp can serve: what Front Door probes. Only what is local to the stamp counts, or one failing dependency would take every region down at once.</summary>
public sealed class HealthFunctions(StampHealth health)
{
    [Function("health")]
    [Access(Access.Anyone)]
    [Operation("Whether this stamp can serve", Description = "Asked of what is local to the stamp, at most every 10 seconds.")]
    [Answer(200, "It can", "application/json")]
    [Answer(503, "It cannot", "application/json")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health")] HttpRequest request)
    {
        var report = await health.GetAsync();
        return Results.Json(report, statusCode: report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }

    [Function("health-live")]
    [Access(Access.Anyone)]
    [Operation("Whether the process answers at all")]
    [Answer(200, "It does", "application/json")]
    public static IResult Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/live")] HttpRequest request) =>
        Results.Json(new { status = HealthStatus.Healthy });
}

[JsonConverter(typeof(JsonStringEnumConverter<HealthStatus>))]
public enum HealthStatus
{
    Healthy,

    /// <summary>Serves, with less redundancy than it should have.</summary>
    Degraded,

    Unhealthy,
}

/// <summary>One check of one room.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Status">How it is.</param>
/// <param name="Detail">A sentence for people.</param>
public sealed record HealthCheck(string Name, HealthStatus Status, string Detail);

/// <param name="Status">The worst of the checks.</param>
/// <param name="CheckedAt">When the checks ran.</param>
/// <param name="Checks">One per room that has one.</param>
public sealed record HealthReport(HealthStatus Status, DateTimeOffset CheckedAt, IReadOnlyList<HealthCheck> Checks);
