using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Serverless.Http;

namespace Serverless.Limits;

/// <summary>
/// Limits this app's own API, before every HTTP function: by address when a request arrives, by address again when its credentials are wrong, by app key or user once they are known. Which
/// limits apply are the rules of the domain "api". A request's class is that of its function, so no spelling of a path changes it.
/// </summary>
internal sealed class ApiGuard(LimitRulesView rules, Limiter limiter, IOptions<GuardOptions> options, ReplayQueue? replays = null)
{
    private const string Unidentified = "unidentified";
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(1);

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

        if (verdict is LimitVerdict.Limited({ Queued: true }, var retryAfter) && caller is not null && replays is not null
            && await replays.TryPutOffAsync(http, function, caller, retryAfter) is { } putOff)
        {
            return putOff;
        }

        return verdict is LimitVerdict.Impossible(var closed)
            ? LimitsAnswers.Of(http, new LimitVerdict.Limited(closed, closed.Window), limiter.Standings(check))
            : LimitsAnswers.Of(http, verdict, limiter.Standings(check));
    }

    /// <summary>For a request that was put off: how long it must wait on; null when it may go on now, and then it counts.</summary>
    public async ValueTask<TimeSpan?> WaitOfAsync(string function, Caller caller, CancellationToken cancellationToken)
    {
        if (await rules.PeekAsync(GuardRules.Domain) is not LimitRulesInForce.Known(var set))
            return null;
        var subject = SubjectOf(caller);
        var limits = set.Match([new([subject]), new([subject, new("class", ClassOf(function))])]);
        return await limiter.CheckAsync(limiter.Prepare(limits), 1, cancellationToken) switch
        {
            LimitVerdict.Limited(_, var retryAfter) => retryAfter,
            LimitVerdict.Impossible(var rule) => rule.Window,
            LimitVerdict.Unavailable => LeastWait,
            _ => null,
        };
    }

    private static LimitEntry SubjectOf(Caller caller) => caller is Caller.Service ? new("app", caller.Id) : new("user", caller.Id);

    private LimitDescriptor[] Descriptors(HttpContext http, string function, GuardStage stage, Caller? caller)
    {
        var subject = caller is null ? new("address", _addresses.Of(http)) : SubjectOf(caller);
        if (stage == GuardStage.Unidentified)
            return [new([subject, new("outcome", Unidentified)])];
        return [new([subject]), new([subject, new("class", ClassOf(function))])];
    }

    // The room: function names begin with it.
    private static string ClassOf(string function) => function.Split('-')[0];
}
