using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Serverless.Http;

namespace Serverless.Limits;

/// <summary>
/// Limits this app's own API, before every HTTP function: by address when a request arrives, by address again when its credentials are wrong, by app key or user once they are known. Which
/// limits apply are the rules of the domain "api". A request's class is that of its function, so no spelling of a path changes it.
/// </summary>
internal sealed class ApiGuard(LimitRulesView rules, Limiter limiter, IOptions<GuardOptions> options)
{
    private const string Unidentified = "unidentified";

    private readonly ClientAddress _addresses = new(options.Value);

    /// <summary>The answer when the request may not go on, else null.</summary>
    public async ValueTask<IResult?> DecideAsync(HttpContext http, string function, GuardStage stage, Caller? caller)
    {
        if (await rules.PeekAsync(GuardRules.Domain) is not LimitRulesInForce.Known(var set))
            return null;
        var limits = set.Match(Descriptors(http, function, stage, caller));
        if (limits.Count == 0)
            return null;
        var check = limiter.Prepare(limits);
        var verdict = await limiter.CheckAsync(check, 1, http.RequestAborted);
        if (verdict is LimitVerdict.Admitted(var delay))
        {
            if (stage == GuardStage.Identified)
                RateLimitHeaders.Write(http, limiter.Standings(check), null);
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay, limiter.Clock, http.RequestAborted);
            return null;
        }

        return verdict is LimitVerdict.Impossible(var closed)
            ? LimitsAnswers.Of(http, new LimitVerdict.Limited(closed, closed.Window), limiter.Standings(check))
            : LimitsAnswers.Of(http, verdict, limiter.Standings(check));
    }

    private LimitDescriptor[] Descriptors(HttpContext http, string function, GuardStage stage, Caller? caller)
    {
        LimitEntry subject = caller switch
        {
            Caller.Service(var key) => new("app", key),
            Caller.User(var id, _) => new("user", id),
            _ => new("address", _addresses.Of(http)),
        };
        if (stage == GuardStage.Unidentified)
            return [new([subject, new("outcome", Unidentified)])];
        return [new([subject]), new([subject, new("class", ClassOf(function))])];
    }

    // The room: function names begin with it.
    private static string ClassOf(string function) => function.Split('-')[0];
}
