namespace Serverless.Replication;

/// <summary>
/// What this instance saw of one node: outcomes, latencies, consecutive failures. Tables send no heartbeats, so "down" is a
/// stated rule: five failures in a row open the breaker; from then on one call a second is let through as a probe (half open)
/// until one succeeds. What other instances of the stamp saw can open it too (<see cref="Suspect"/>), nothing but an answer closes it.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="turned">Told when a call of this instance changed the verdict; not when the stamp's word did. Must be quick.</param>
public sealed class NodeHealth(TimeProvider clock, Action? turned = null)
{
    /// <summary>Failures in a row that open the breaker: 5.</summary>
    public const int FailuresToOpen = 5;

    /// <summary>Calls that the error rate and the latencies are taken over: the last 128, which is as many as the bits of one number.</summary>
    public const int Window = 128;

    /// <summary>While the breaker is open, one probe per this time: 1 s.</summary>
    public static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(1);

    private const int SortEvery = 16;
    private readonly Lock _lock = new();
    private readonly long[] _latencies = new long[Window];

    // One bit per call, the last one lowest: set when it failed.
    private UInt128 _failures;
    private long _calls;
    private int _answers;
    private int _failuresInARow;
    private long? _lastProbe;
    private long _p50;
    private long _p95;
    private long _p99;

    // Unix milliseconds.
    private long _since = clock.GetUtcNow().ToUnixTimeMilliseconds();
    private long? _calledAt;
    private long? _answeredAt;

    /// <summary>The 95th percentile of the last 128 answered calls, renewed every 16; zero before the first 16.</summary>
    public TimeSpan P95 => Span(Volatile.Read(ref _p95));

    public bool IsDown => Volatile.Read(ref _failuresInARow) >= FailuresToOpen;

    /// <summary>When the breaker opened; null while the node is not down.</summary>
    public DateTimeOffset? DownSince => Snapshot() is { Up: false, Since: var since } ? since : null;

    /// <summary>All of it at one moment.</summary>
    public HealthSnapshot Snapshot()
    {
        lock (_lock)
        {
            var errors = _calls == 0 ? 0 : (double)UInt128.PopCount(_failures) / Math.Min(_calls, Window);
            return new HealthSnapshot(
                !IsDown, DateTimeOffset.FromUnixTimeMilliseconds(_since), Time(_calledAt), Time(_answeredAt),
                errors, Span(_p50), Span(_p95), Span(_p99), _calls);
        }
    }

    /// <summary>Whether a call may be sent now: always while the node is up, once a second as a probe while it is down.</summary>
    public bool TryEnter()
    {
        if (!IsDown)
            return true;

        lock (_lock)
        {
            if (_lastProbe is { } last && clock.GetElapsedTime(last) < ProbeEvery)
                return false;
            _lastProbe = clock.GetTimestamp();
            return true;
        }
    }

    /// <param name="startedAt">Timestamp of the clock when the call was sent.</param>
    public void Answered(long startedAt)
    {
        var took = clock.GetTimestamp() - startedAt;
        lock (_lock)
        {
            var wasDown = IsDown;
            Record(failed: false);
            _answeredAt = _calledAt;
            _failuresInARow = 0;
            _latencies[_answers++ % Window] = took;
            if (_answers % SortEvery == 0)
                Sort();
            if (wasDown)
                Turn();
        }
    }

    public void Failed()
    {
        lock (_lock)
        {
            Record(failed: true);
            if (++_failuresInARow != FailuresToOpen)
                return;
            _lastProbe = clock.GetTimestamp();
            Turn();
        }
    }

    /// <summary>
    /// The stamp holds the node for down: the breaker opens without five failures of this instance's own, and the next call is a
    /// probe. Changes nothing, and answers false, when this instance called the node at that time or later: it knows better.
    /// </summary>
    /// <param name="since">Since when the stamp does.</param>
    /// <param name="seenAt">When an instance of the stamp last saw the outcome of a call.</param>
    public bool Suspect(DateTimeOffset since, DateTimeOffset seenAt)
    {
        lock (_lock)
        {
            if (IsDown || _calledAt >= seenAt.ToUnixTimeMilliseconds())
                return false;
            (_failuresInARow, _lastProbe, _since) = (FailuresToOpen, null, since.ToUnixTimeMilliseconds());
            return true;
        }
    }

    private void Record(bool failed)
    {
        _failures = (_failures << 1) | (failed ? UInt128.One : UInt128.Zero);
        _calledAt = clock.GetUtcNow().ToUnixTimeMilliseconds();

        // Before the first call the node was up for want of anything known.
        if (_calls++ == 0 && !IsDown)
            _since = _calledAt.Value;
    }

    private void Turn()
    {
        _since = _calledAt!.Value;
        turned?.Invoke();
    }

    private void Sort()
    {
        var sorted = _latencies[..Math.Min(_answers, Window)];
        Array.Sort(sorted);
        (_p50, _p99) = (At(0.50), At(0.99));
        Volatile.Write(ref _p95, At(0.95));

        long At(double share) => sorted[(int)(share * (sorted.Length - 1))];
    }

    private TimeSpan Span(long timestamps) => clock.GetElapsedTime(0, timestamps);

    private static DateTimeOffset? Time(long? milliseconds) =>
        milliseconds is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;
}
