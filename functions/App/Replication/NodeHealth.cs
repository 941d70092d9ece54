namespace Serverless.Replication;

/// <summary>
/// What this instance saw of one node: consecutive failures, and recent latencies. Tables send no heartbeats, so "down" is a
/// stated rule: five failures in a row open the breaker; from then on one call a second is let through as a probe (half open)
/// until one succeeds.
/// </summary>
public sealed class NodeHealth(TimeProvider clock)
{
    /// <summary>Failures in a row that open the breaker: 5.</summary>
    public const int FailuresToOpen = 5;

    /// <summary>While the breaker is open, one probe per this time: 1 s.</summary>
    public static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(1);

    private const int Samples = 128;
    private readonly Lock _lock = new();
    private readonly long[] _latencies = new long[Samples];
    private int _recorded;
    private int _failuresInARow;
    private long _lastProbe;
    private long _p95;

    /// <summary>The 95th percentile of the last 128 answered calls; zero before the first 16.</summary>
    public TimeSpan P95 => clock.GetElapsedTime(0, Volatile.Read(ref _p95));

    public bool IsDown => Volatile.Read(ref _failuresInARow) >= FailuresToOpen;

    /// <summary>When the breaker opened; null while the node is not down.</summary>
    public DateTimeOffset? DownSince { get; private set; }

    /// <summary>Whether a call may be sent now: always while the node is up, once a second as a probe while it is down.</summary>
    public bool TryEnter()
    {
        if (!IsDown)
            return true;

        lock (_lock)
        {
            if (clock.GetElapsedTime(_lastProbe) < ProbeEvery)
                return false;
            _lastProbe = clock.GetTimestamp();
            return true;
        }
    }

    public void Answered(long startedAt)
    {
        var took = clock.GetTimestamp() - startedAt;
        lock (_lock)
        {
            _failuresInARow = 0;
            DownSince = null;
            _latencies[_recorded++ % Samples] = took;
            if (_recorded % 16 == 0)
                _p95 = Quantile(0.95);
        }
    }

    public void Failed()
    {
        lock (_lock)
        {
            if (++_failuresInARow != FailuresToOpen)
                return;
            DownSince = clock.GetUtcNow();
            _lastProbe = clock.GetTimestamp();
        }
    }

    private long Quantile(double share)
    {
        var sorted = _latencies[..Math.Min(_recorded, Samples)];
        Array.Sort(sorted);
        return sorted[(int)(share * (sorted.Length - 1))];
    }
}
