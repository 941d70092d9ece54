using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.Options;

namespace Serverless.Limits;

/// <summary>
/// For clients of APIs that limit: sends again what was answered 429 or 503, when the answer says that it may (Retry-After, RFC 9110), and sends nothing to an origin that
/// said that nothing is left (<c>RateLimit</c> of draft-ietf-httpapi-ratelimit-headers, else <c>X-RateLimit-Remaining</c> and <c>-Reset</c>) until its time has passed. What would wait longer than the
/// options allow is answered 429 here. Only asynchronous sends wait; others go straight through. Thread-safe.
/// </summary>
/// <param name="options">How patient it is.</param>
/// <param name="clock">Measures waits.</param>
/// <param name="random">Spreads those who wait for the same moment. Thread-safe.</param>
public sealed class RateLimitHandler(IOptions<RateLimitHandlerOptions> options, TimeProvider clock, Random random) : DelegatingHandler
{
    // On top of a wait: up to a tenth of it, and no more than this.
    private static readonly TimeSpan MostJitter = TimeSpan.FromSeconds(1);
    private const double JitterShare = 0.1;

    private readonly RateLimitHandlerOptions _options = options.Value;
    private readonly SpentOrigins _origins = new(clock, options.Value.MostOrigins);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var left = _options.LongestWait;
        for (var retries = 0; ; retries++)
        {
            if (await HoldAsync(request, left, cancellationToken) is not { } held)
                return Refusal(request);
            left -= held;
            var answer = await base.SendAsync(request, cancellationToken);
            var advice = RateLimitAdvice.Of(answer, clock.GetUtcNow());
            if (advice.Exhausted is { } time && request.RequestUri is { IsAbsoluteUri: true } address)
                _origins.Spend(address, time);
            if (retries == _options.MostRetries || advice.Wait(answer.StatusCode, retries) is not { } wait || wait > left || !CanBeSentAgain(request.Content))
                return answer;
            answer.Dispose();
            left -= await WaitAsync(wait, left, cancellationToken);
        }
    }

    // How long it was held back; null when it would be for too long, or too many are.
    private async Task<TimeSpan?> HoldAsync(HttpRequestMessage request, TimeSpan left, CancellationToken cancellationToken)
    {
        var held = TimeSpan.Zero;
        while (request.RequestUri is { IsAbsoluteUri: true } address && _origins.Of(address) is { Left: { Ticks: > 0 } wait } spent)
        {
            if (wait > left - held || !spent.TryHold(_options.MostHeld))
                return null;
            try
            {
                held += await WaitAsync(wait, left - held, cancellationToken);
            }
            finally
            {
                spent.Release();
            }
        }

        return held;
    }

    private async Task<TimeSpan> WaitAsync(TimeSpan wait, TimeSpan most, CancellationToken cancellationToken)
    {
        var jitter = random.NextDouble() * Math.Min(wait.Ticks * JitterShare, MostJitter.Ticks);
        var whole = TimeSpan.FromTicks(Math.Min(most.Ticks, wait.Ticks + (long)jitter));

        // Timers count whole milliseconds, and may lose what is beyond them.
        await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(whole.TotalMilliseconds)), clock, cancellationToken);
        return whole;
    }

    private HttpResponseMessage Refusal(HttpRequestMessage request)
    {
        var wait = request.RequestUri is { } address ? _origins.Of(address)?.Left : null;
        return new HttpResponseMessage(HttpStatusCode.TooManyRequests)
        {
            RequestMessage = request,
            ReasonPhrase = "Held back: nothing is left of the origin's limit",
            Headers = { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(Math.Ceiling((wait ?? TimeSpan.Zero).TotalSeconds))) },
        };
    }

    // What lies in memory; a stream is gone once it was read.
    private static bool CanBeSentAgain(HttpContent? content) => content switch
    {
        null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent => true,
        MultipartContent parts => parts.All(CanBeSentAgain),
        _ => false,
    };
}
