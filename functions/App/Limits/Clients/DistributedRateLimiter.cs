using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace Serverless.Limits;

/// <summary>
/// A <see cref="RateLimiter"/> over limits that all instances share, for whatever takes one: ASP.NET Core's rate limiting middleware, Polly, HttpClient handlers. A synchronous attempt uses tokens
/// that this instance holds, and when there are none fails and asks for some; an asynchronous one waits for the storage within the rules' time budget, and for its turn in a queue that delays.
/// Thread-safe.
/// </summary>
public sealed class DistributedRateLimiter : RateLimiter
{
    private readonly Limiter _limiter;
    private readonly Func<IReadOnlyList<MatchedLimit>> _limits;
    private LimitCheck _check;
    private long _admitted;
    private long _refused;

    /// <param name="limiter">Decides.</param>
    /// <param name="limits">What applies now: asked at each attempt, so that rules may change. Another list is taken for another set of limits.</param>
    public DistributedRateLimiter(Limiter limiter, Func<IReadOnlyList<MatchedLimit>> limits)
    {
        ArgumentNullException.ThrowIfNull(limiter);
        ArgumentNullException.ThrowIfNull(limits);
        (_limiter, _limits, _check) = (limiter, limits, limiter.Prepare(limits()));
        _check.DecidedAt = limiter.Clock.GetTimestamp();
    }

    /// <summary>Since the last attempt: what tells a partitioned limiter that it may be forgotten.</summary>
    public override TimeSpan? IdleDuration => _limiter.Clock.GetElapsedTime(_check.DecidedAt);

    public override RateLimiterStatistics GetStatistics() => new()
    {
        CurrentAvailablePermits = _limiter.Standings(Check).Select(standing => standing.Remaining).DefaultIfEmpty(long.MaxValue).Min(),
        TotalSuccessfulLeases = Interlocked.Read(ref _admitted),
        TotalFailedLeases = Interlocked.Read(ref _refused),
    };

    /// <exception cref="ArgumentOutOfRangeException">More permits than a limit can ever give.</exception>
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        var check = CheckOf(permitCount);
        if (permitCount == 0)
            return _limiter.TryForecast(check) is LimitVerdict.Limited none ? Refuse(none) : Admit();
        switch (_limiter.TryCheck(check, permitCount))
        {
            case LimitVerdict.Admitted:
                return Admit();
            case null:
                _limiter.Prefetch(check, permitCount);
                return Refuse(null);
            case var refusal:
                return Refuse(refusal);
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">More permits than a limit can ever give.</exception>
    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        var check = CheckOf(permitCount);
        if (permitCount == 0)
            return await _limiter.ForecastAsync(check, 1, cancellationToken) is LimitVerdict.Admitted ? Admit() : Refuse(null);
        var verdict = await _limiter.CheckAsync(check, permitCount, cancellationToken);
        if (verdict is not LimitVerdict.Admitted(var delay))
            return Refuse(verdict);
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, _limiter.Clock, cancellationToken);
        return Admit();
    }

    private LimitCheck Check
    {
        get
        {
            var limits = _limits();
            var check = Volatile.Read(ref _check);
            if (ReferenceEquals(check.Limits, limits))
                return check;
            check = _limiter.Prepare(limits);
            check.DecidedAt = _check.DecidedAt;
            Volatile.Write(ref _check, check);
            return check;
        }
    }

    private LimitCheck CheckOf(int permitCount)
    {
        var check = Check;
        return permitCount <= check.LeastCapacity ? check
            : throw new ArgumentOutOfRangeException(nameof(permitCount), permitCount, $"The rule {check.Exceeded(permitCount)!.Name} gives {check.LeastCapacity} at most.");
    }

    private GrantedLease Admit()
    {
        Interlocked.Increment(ref _admitted);
        return GrantedLease.Instance;
    }

    private RefusedLease Refuse(LimitVerdict? verdict)
    {
        Interlocked.Increment(ref _refused);
        return verdict switch
        {
            LimitVerdict.Limited(var by, var retryAfter) => new RefusedLease($"The rule {by.Name} has not enough left.", retryAfter),
            LimitVerdict.Unavailable(var by, var why) => new RefusedLease($"The rule {by.Name} cannot be counted: {why}.", null),
            _ => new RefusedLease("No tokens are held here; some are being asked for.", null),
        };
    }

    private sealed class GrantedLease : RateLimitLease
    {
        public static readonly GrantedLease Instance = new();

        public override bool IsAcquired => true;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata) => (metadata = null) is not null;
    }

    private sealed class RefusedLease(string why, TimeSpan? retryAfter) : RateLimitLease
    {
        public override bool IsAcquired => false;

        public override IEnumerable<string> MetadataNames => retryAfter is null ? [MetadataName.ReasonPhrase.Name] : [MetadataName.ReasonPhrase.Name, MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
        {
            metadata = metadataName == MetadataName.ReasonPhrase.Name ? why
                : metadataName == MetadataName.RetryAfter.Name ? retryAfter
                : null;
            return metadata is not null;
        }
    }
}
