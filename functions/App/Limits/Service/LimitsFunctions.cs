using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Limits;

/// <summary>Rate limiting as a service.</summary>
public sealed class LimitsFunctions(LimitRulesView rules, Limiter limiter, Reservations reservations)
{
    private const int MostSettleBytes = 16 * 1024;

    [Function("limits-check")]
    [Idempotent]
    [Access(Access.Services | Access.Operators)]
    [Operation("Decides a request", Description = "By all limits of the domain's rules that its descriptors lead to: it uses its cost of each, or nothing.")]
    [Body("application/json", "{\"descriptors\":[{\"key\":\"user\",\"value\":\"u1\"}],\"cost\":1,\"dryRun\":false}; a descriptor of several entries is {\"entries\":[{\"key\":…,\"value\":…},…]}")]
    [Answer(200, "It may go on; with a delay in seconds when it has to wait for its turn", "application/json")]
    [Answer(400, "bad-json, bad-descriptors, bad-cost, bad-dry-run, bad-request")]
    [Answer(404, "unknown-domain")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(422, "cost-above-limit: it can never succeed")]
    [Answer(429, "rate-limited, with RateLimit and Retry-After")]
    [Answer(503, "limits-unavailable, rules-unavailable")]
    public async Task<IResult> Check([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "limits/{domain}/check")] HttpRequest request, string domain)
    {
        var (http, cancellationToken) = (request.HttpContext, request.HttpContext.RequestAborted);
        var (check, asked, refusal) = await PrepareAsync(request, domain);
        if (check is null)
            return refusal!;
        var verdict = asked!.DryRun
            ? await limiter.ForecastAsync(check, asked.Cost, cancellationToken)
            : await limiter.CheckAsync(check, asked.Cost, cancellationToken);
        return LimitsAnswers.Of(http, verdict, limiter.Standings(check));
    }

    [Function("limits-reserve")]
    [Idempotent]
    [Access(Access.Services | Access.Operators)]
    [Operation("Reserves a cost", Description = "Uses the cost as a check does, and may be settled for less within so many seconds.")]
    [Body("application/json", "As for check, with \"seconds\": 1 to 3600, default 60; without dryRun")]
    [Answer(200, "Reserved", "application/json")]
    [Answer(400, "bad-json, bad-descriptors, bad-cost, bad-seconds, bad-request")]
    [Answer(404, "unknown-domain")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(422, "cost-above-limit: it can never succeed")]
    [Answer(429, "rate-limited, with RateLimit and Retry-After")]
    [Answer(503, "limits-unavailable, rules-unavailable")]
    public async Task<IResult> Reserve([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "limits/{domain}/reserve")] HttpRequest request, string domain)
    {
        var (check, asked, refusal) = await PrepareAsync(request, domain);
        if (check is null)
            return refusal!;
        if (asked!.DryRun || asked.Cost == 0)
            return Problems.BadRequest("bad-cost", "A reservation needs a cost of at least 1, and dryRun is for checks.");
        var (verdict, reservation) = await reservations.ReserveAsync(check, asked.Cost, asked.For, request.HttpContext.RequestAborted);
        return LimitsAnswers.Of(request.HttpContext, verdict, limiter.Standings(check), reservation);
    }

    [Function("limits-settle")]
    [Idempotent]
    [Access(Access.Services | Access.Operators)]
    [Operation("Settles a reservation", Description = "Gives back what was reserved and not used; used 0 gives back all. Once; on any instance.")]
    [Body("application/json", "{\"reservation\":\"…\",\"used\":3}")]
    [Answer(200, "Settled", "application/json")]
    [Answer(400, "bad-json, bad-reservation, bad-used, bad-request")]
    [Answer(404, "reservation-gone")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(422, "used-above-reservation")]
    [Answer(503, "limits-unavailable")]
    public async Task<IResult> Settle([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "limits/{domain}/settle")] HttpRequest request, string domain)
    {
        var (body, refusal) = await JsonBody.ReadAsync(request, MostSettleBytes);
        if (body is null)
            return refusal!;
        using (body)
        {
            var root = body.RootElement;
            var used = 0L;
            if (root.EnumerateObject().FirstOrDefault(f => f.Name is not ("reservation" or "used")) is { Value.ValueKind: not JsonValueKind.Undefined } other)
                return Problems.BadRequest("bad-request", $"There is no field {other.Name}: reservation and used are taken.");
            if (!root.TryGetProperty("reservation", out var reservation) || reservation.ValueKind != JsonValueKind.String)
                return Problems.BadRequest("bad-reservation", "reservation is needed, as it was answered.");
            if (!root.TryGetProperty("used", out var stated) || stated.ValueKind != JsonValueKind.Number || !stated.TryGetInt64(out used) || used < 0)
                return Problems.BadRequest("bad-used", "used is needed: a whole number, 0 when nothing was used.");
            return Answer(await reservations.SettleAsync(domain, reservation.GetString()!, used, request.HttpContext.RequestAborted), used);
        }
    }

    private static IResult Answer(SettleOutcome outcome, long used) => outcome switch
    {
        SettleOutcome.Settled => Results.Json(new { settled = true, used }),
        SettleOutcome.Gone => Problems.NotFound("reservation-gone", "It was settled before, its time is over, or there never was one. What it had reserved stays as it is."),
        SettleOutcome.TooMuch => Problems.Of(
            StatusCodes.Status422UnprocessableEntity, "used-above-reservation", "More was used than reserved", "Nothing was changed. Reserve the most that it may come to, or check the rest."),
        SettleOutcome.Malformed => Problems.BadRequest("bad-reservation", "This is no reservation of this domain."),
        _ => Problems.Unavailable("limits-unavailable", "It cannot be counted now", "Whether it was settled is not known: ask again.", TimeSpan.FromSeconds(1)),
    };

    private async Task<(LimitCheck? Check, LimitsRequest? Asked, IResult? Refusal)> PrepareAsync(HttpRequest request, string domain)
    {
        var (asked, refusal) = await LimitsRequest.ReadAsync(request);
        if (asked is null)
            return (null, null, refusal);
        return await rules.GetAsync(domain, request.HttpContext.RequestAborted) switch
        {
            LimitRulesInForce.Known(var set) => (limiter.Prepare(set.Match(asked.Descriptors)), asked, null),
            LimitRulesInForce.Unknown => (null, null, LimitsAnswers.UnknownDomain(domain)),
            _ => (null, null, LimitsAnswers.RulesUnavailable),
        };
    }
}
