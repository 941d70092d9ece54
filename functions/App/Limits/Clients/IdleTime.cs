namespace Serverless.Limits;

/// <summary>For how long a count has stood still, told from looks at it, so that counting costs no look at the clock. Thread-safe.</summary>
internal sealed class IdleTime(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private long _count;
    private long _since = clock.GetTimestamp();

    /// <summary>At most as long as it did: a change is taken to be as late as the look that sees it.</summary>
    public TimeSpan Since(long count)
    {
        lock (_lock)
        {
            if (count != _count)
                (_count, _since) = (count, clock.GetTimestamp());
            return clock.GetElapsedTime(_since);
        }
    }
}
