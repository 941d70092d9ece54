using System.Threading.RateLimiting;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace Serverless.Notifications;

/// <summary>
/// Calls a provider with a rate limit, a circuit breaker and a time-out (Polly). It does not retry: the queue does. What it refuses itself is no attempt, since nobody was asked.
/// </summary>
internal sealed class ResilientProvider : IProvider, IDisposable
{
    public const string OverRate = "over-rate";
    public const string CircuitOpen = "circuit-open";
    public const string TimedOut = "timeout";

    private const double FailureRatio = 0.5;
    private const int LeastCalls = 10;

    private static readonly TimeSpan Sampling = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RatePause = TimeSpan.FromSeconds(1);

    private readonly IProvider _inner;
    private readonly TokenBucketRateLimiter _limiter;
    private readonly ResiliencePipeline<ProviderAnswer> _pipeline;

    public ResilientProvider(IProvider inner, ProviderLimits limits, TimeProvider clock)
    {
        _inner = inner;
        _limiter = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.PerSecond,
            TokensPerPeriod = limits.PerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
            AutoReplenishment = true,
        });
        _pipeline = new ResiliencePipelineBuilder<ProviderAnswer> { TimeProvider = clock }
            .AddRateLimiter(new RateLimiterStrategyOptions { RateLimiter = args => _limiter.AcquireAsync(1, args.Context.CancellationToken) })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<ProviderAnswer>
            {
                FailureRatio = FailureRatio,
                MinimumThroughput = LeastCalls,
                SamplingDuration = Sampling,
                BreakDuration = TimeSpan.FromSeconds(limits.BreakSeconds),
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is TimeoutRejectedException || IsProvidersOwn(args.Outcome.Result)),
            })
            .AddTimeout(TimeSpan.FromSeconds(limits.CallSeconds))
            .Build();
    }

    public Carrier Carrier => _inner.Carrier;

    public string Name => _inner.Name;

    public string? Problem(ProviderCall call) => _inner.Problem(call);

    public async Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(async token => await _inner.SendAsync(call, token), cancellationToken);
        }
        catch (RateLimiterRejectedException refused)
        {
            return new ProviderAnswer.Later(OverRate, refused.RetryAfter ?? RatePause) { WasAsked = false };
        }
        catch (BrokenCircuitException open)
        {
            return new ProviderAnswer.Later(CircuitOpen, open.RetryAfter) { WasAsked = false };
        }
        catch (TimeoutRejectedException)
        {
            return new ProviderAnswer.Unknown(TimedOut);
        }
    }

    public void Dispose()
    {
        _limiter.Dispose();
        (_inner as IDisposable)?.Dispose();
    }

    // Not what it says of one address or one message: those say nothing of the next.
    private static bool IsProvidersOwn(ProviderAnswer? answer) =>
        answer is ProviderAnswer.Unknown or ProviderAnswer.Misconfigured or ProviderAnswer.Later { Code: ['5', ..] or ProviderWire.Unreachable };
}
