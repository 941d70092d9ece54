namespace Serverless.Tests.Simulation;

/// <summary>A clock that stands still until it is moved to the next timer. One thread.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private readonly PriorityQueue<SimulatedTimer, (long Due, long Order)> _timers = new();
    private long _ticks;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(50).AddTicks(_ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves to the next timer and fires it; false when there is none.</summary>
    public bool Advance()
    {
        while (_timers.TryDequeue(out var timer, out var key))
        {
            if (!timer.IsDue(key.Order))
                continue;
            _ticks = Math.Max(_ticks, key.Due);
            timer.Fire();
            return true;
        }

        return false;
    }

    private sealed class SimulatedTimer(SimulatedTime time, TimerCallback callback, object? state) : ITimer
    {
        private long _armed = -1;
        private TimeSpan _period;

        public bool IsDue(long order) => _armed == order;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            (_armed, _period) = (-1, period);
            if (dueTime != Timeout.InfiniteTimeSpan)
                Arm(dueTime);
            return true;
        }

        public void Fire()
        {
            _armed = -1;
            if (_period > TimeSpan.Zero)
                Arm(_period);
            callback(state);
        }

        public void Dispose() => _armed = -1;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan after)
        {
            _armed = ++time._order;
            time._timers.Enqueue(this, (time._ticks + Math.Max(after.Ticks, 0), _armed));
        }
    }
}
