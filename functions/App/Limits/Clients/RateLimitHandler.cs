using System.Collections.Concurrent;
using System.Net;

namespace Serverless.Limits;

/// <summary>
/// For callers of APIs that limit: sends nothing to an origin whose quota is used up until it is renewed, and sends what was refused (429, or 503 with Retry-After) again when it may come, never
/// earlier, and a little later at random. Only what can be sent again is: requests without a body, or with one that is in memory. Thread-safe.
/// </summary>
/// <param name="options">How it behaves.</param>
/// <param name="clock">The clock.</param>
/// <param name="random">The jitter.</param>
public sealed class RateLimitHandler(RateLimitHandlerOptions options, TimeProvider clock, Random random) : DelegatingHandler
{
    private static readonly TimeSpan LeastJitter = TimeSpan.FromMilliseconds(100);

    // Timestamps by origin; as many as a client talks to.
    private readonly ConcurrentDictionary<string, long> _closedUntil = new(StringComparer.OrdinalIgnoreCase);
    private int _waiting;

    /// <summary>Requests that wait now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (origin, began) = (request.RequestUri?.GetLeftPart(UriPartial.Authority) ?? "", clock.GetTimestamp());
        for (var retries = 0; ; retries++)
        {
            await WaitAsync(origin, began, cancellationToken);
            var response = await base.SendAsync(request, cancellationToken);
            if (RateLimitAdvice.WaitOf(response, clock.GetUtcNow()) is not { } wait)
                return response;
            Close(origin, wait);
            var isRefused = response.StatusCode == HttpStatusCode.TooManyRequests || (response.StatusCode == HttpStatusCode.ServiceUnavailable && response.Headers.RetryAfter is not null);
            if (!isRefused || retries >= options.MostRetries || !CanRepeat(request) || clock.GetElapsedTime(began) + wait > options.MostWait)
                return response;
            response.Dispose();
        }
    }

    // Waits for the origin's quota, unless that is too long or too many do.
    private async Task WaitAsync(string origin, long began, CancellationToken cancellationToken)
    {
        while (_closedUntil.TryGetValue(origin, out var until) && clock.GetElapsedTime(clock.GetTimestamp(), until) is var left && left > TimeSpan.Zero)
        {
            if (clock.GetElapsedTime(began) + left > options.MostWait || Volatile.Read(ref _waiting) >= options.MostWaiting)
                return;
            Interlocked.Increment(ref _waiting);
            try
            {
                await Task.Delay(left + JitterOf(left), clock, cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }
    }

    private void Close(string origin, TimeSpan wait)
    {
        var until = clock.GetTimestamp() + (long)(wait.TotalSeconds * clock.TimestampFrequency);
        _closedUntil.AddOrUpdate(origin, until, (_, known) => Math.Max(known, until));
    }

    private TimeSpan JitterOf(TimeSpan wait)
    {
        var most = wait * options.Jitter;
        return random.NextDouble() * (most > LeastJitter ? most : LeastJitter);
    }

    private static bool CanRepeat(HttpRequestMessage request) => request.Content is null or ByteArrayContent or ReadOnlyMemoryContent;
}
