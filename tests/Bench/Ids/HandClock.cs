namespace Serverless.Bench.Ids;

/// <summary>A clock that stands until it is moved, by any thread: what is measured is then never the format's ids per millisecond.</summary>
internal sealed class HandClock(DateTimeOffset start) : TimeProvider
{
    private long _ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    /// <summary>One millisecond on.</summary>
    public void Move() => Interlocked.Add(ref _ticks, TimeSpan.TicksPerMillisecond);
}
