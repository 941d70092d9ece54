using System.Threading.RateLimiting;

namespace Serverless.Limits;

/// <summary>
/// A <see cref="RateLimiter"/> over limits that all instances share, for whatever takes one: PartitionedRateLimiter.Create, ASP.NET Core's AddRateLimiter, Polly. It holds no permits of its
/// own, so that nothing is lost when it is disposed of. Thread-safe.
/// </summary>
public sealed class DistributedRateLimiter : RateLimiter
{
    private readonly Limiter _limiter;
    private readonly Func<IReadOnlyList<MatchedLimit>> _limits;
    private readonly CancellationTokenSource _disposing = new();
    private readonly CancellationToken _disposed;
    private readonly IdleTime _idle;
    private LimitCheck _check;
    private long _admitted;
    private long _refused;
    private int _waiting;

    /// <param name="limiter">Decides.</param>
    /// <param name="limits">What applies to every request. Asked each time: another list, by reference, takes the place of the last.</param>
    public DistributedRateLimiter(Limiter limiter, Func<IReadOnlyList<MatchedLimit>> limits)
    {
        ArgumentNullException.ThrowIfNull(limiter);
        ArgumentNullException.ThrowIfNull(limits);
        (_limiter, _limits, _disposed, _idle, _check) = (limiter, limits, _disposing.Token, new IdleTime(limiter.Clock), limiter.Prepare(limits()));
    }

    /// <param name="limiter">Decides.</param>
    /// <param name="limits">What applies to every request.</param>
    public DistributedRateLimiter(Limiter limiter, IReadOnlyList<MatchedLimit> limits) : this(limiter, () => limits)
    {
    }

    /// <summary>For how long nobody has asked, null while somebody waits; no longer than since this was first read after the last request.</summary>
    public override TimeSpan? IdleDuration => Volatile.Read(ref _waiting) > 0 ? null : _idle.Since(Volatile.Read(ref _admitted) + Volatile.Read(ref _refused));

    /// <summary>What this instance knows: available is what the tightest limit had left when its row was last seen, less what was used here since.</summary>
    public override RateLimiterStatistics GetStatistics() => new()
    {
        CurrentAvailablePermits = Available(Check()),
        CurrentQueuedCount = Volatile.Read(ref _waiting),
        TotalSuccessfulLeases = Volatile.Read(ref _admitted),
        TotalFailedLeases = Volatile.Read(ref _refused),
    };

    // Without waiting: from what is here. What is not here is fetched meanwhile.
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        var check = Check();
        var verdict = permitCount > 0 ? _limiter.TryCheck(check, permitCount) : Available(check) > 0 ? LimitVerdict.Admitted.AtOnce : null;
        if (verdict is not null)
            return LeaseOf(verdict, permitCount);
        _limiter.Prefetch(check, Math.Max(1, permitCount));
        return Refuse(RefusedLease.NotKnown.Instance);
    }

    // Waits for the storage, as long as the rules say, and for its turn in a leaking bucket; but not for permits to be replenished.
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        var check = Check();
        return permitCount > 0 && _limiter.TryCheck(check, permitCount) is { } verdict
            ? new(LeaseOf(verdict, permitCount))
            : new(WaitAsync(check, permitCount, cancellationToken));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed.IsCancellationRequested)
        {
            _disposing.Cancel();
            _disposing.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<RateLimitLease> WaitAsync(LimitCheck check, int permitCount, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed);
        try
        {
            var verdict = permitCount > 0
                ? await _limiter.CheckAsync(check, permitCount, either.Token)
                : await _limiter.ForecastAsync(check, 1, either.Token);
            if (verdict is LimitVerdict.Admitted { Delay: { Ticks: > 0 } delay })
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds)), _limiter.Clock, either.Token);
            return LeaseOf(verdict, permitCount);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Refuse(RefusedLease.Disposed.Instance);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private LimitCheck Check()
    {
        ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
        var (limits, check) = (_limits(), Volatile.Read(ref _check));
        if (ReferenceEquals(limits, check.Limits))
            return check;
        Volatile.Write(ref _check, check = _limiter.Prepare(limits));
        return check;
    }

    private RateLimitLease LeaseOf(LimitVerdict verdict, int permitCount)
    {
        switch (verdict)
        {
            case LimitVerdict.Admitted:
                Interlocked.Increment(ref _admitted);
                return AdmittedLease.Instance;
            case LimitVerdict.Limited limited:
                return Refuse(new RefusedLease.Limited(limited));
            case LimitVerdict.Unavailable unavailable:
                return Refuse(new RefusedLease.Unavailable(unavailable));
            case LimitVerdict.Impossible(var by) when by.Capacity > 0:
                throw new ArgumentOutOfRangeException(nameof(permitCount), permitCount, $"The limit {by.Name} never gives more than {by.Capacity} at once.");
            default:
                return Refuse(new RefusedLease.Closed(((LimitVerdict.Impossible)verdict).By));
        }
    }

    private RefusedLease Refuse(RefusedLease lease)
    {
        Interlocked.Increment(ref _refused);
        return lease;
    }

    private long Available(LimitCheck check)
    {
        var least = long.MaxValue;
        foreach (var standing in _limiter.Standings(check))
            least = standing.Rule.Shadow ? least : Math.Min(least, standing.Remaining);
        return Math.Max(0, least);
    }
}
