namespace Serverless.Limits;

/// <summary>For how long, and how much, an instance takes ahead of one subject's limits.</summary>
/// <param name="clock">Converts timestamps.</param>
/// <param name="split">When the subject is to be divided.</param>
internal sealed class LeaseTerms(TimeProvider clock, SplitTerms split)
{
    private const int LeasesPerWindow = 50;
    private const double MostStretch = 8;
    private const double HeatWeight = 0.25;

    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private double _stretch = 1;
    private double _heat;
    private long _collided;

    /// <summary>Other instances change the row too, so what this one remembers of it is old.</summary>
    public bool IsContended => _collided != 0 && clock.GetElapsedTime(_collided) < Remembered;

    /// <summary>The least time between two changes, so that others get theirs: what comes free meanwhile is had with the next.</summary>
    public TimeSpan Pace => IsContended ? Turn * _stretch : TimeSpan.Zero;

    /// <summary>Instances are in each other's way so much that longer leases do not help.</summary>
    public bool IsHot => _heat >= split.Heat;

    /// <summary>A 50th of the window, from 100 ms to 1 s: held that long, tokens are missed by others for 2 % of the window at most. Longer, up to a tenth of the window, while instances are in each other's way.</summary>
    public TimeSpan LeaseOf(LimitRule rule)
    {
        var lease = TimeSpan.FromTicks(Math.Clamp(rule.Window.Ticks / LeasesPerWindow, Shortest.Ticks, Longest.Ticks));
        var most = TimeSpan.FromTicks(Math.Max(lease.Ticks, rule.Window.Ticks / 10));
        return lease * _stretch < most ? lease * _stretch : most;
    }

    /// <summary>How many tokens to take ahead: what the rate needs during a lease, but of what others want too only half. None when that is not worth a hold.</summary>
    /// <param name="limit">Knows its rate.</param>
    /// <param name="has">Tokens that it has.</param>
    /// <param name="available">What can be had.</param>
    /// <param name="others">Whether other instances hold some.</param>
    public long Ahead(LocalLimit limit, long has, long available, bool others)
    {
        var needed = limit.Rate * LeaseOf(limit.Rule).TotalSeconds;
        return needed < 2 ? 0 : Math.Max(0, Math.Min((long)Math.Min(needed, long.MaxValue / 4) - has, others ? available / 2 : available));
    }

    /// <summary>Another instance changed the row first.</summary>
    public void Collided() => (_stretch, _collided) = (Math.Min(MostStretch, _stretch * 2), clock.GetTimestamp());

    /// <summary>A change was made, or given up, after so many tries in vain.</summary>
    public void Passed(int tries)
    {
        _heat += HeatWeight * (tries - _heat);
        if (tries == 0)
            _stretch = Math.Max(1, _stretch * 0.95);
    }

    /// <summary>The subject was divided, so that what was is past.</summary>
    public void Divided() => (_heat, _stretch) = (0, 1);

    /// <summary>A difference of timestamps in ticks.</summary>
    public long Ticks(long timestamps) => clock.GetElapsedTime(0, timestamps).Ticks;

    /// <summary>A difference of ticks in timestamps, rounded up.</summary>
    public long Timestamps(long ticks) => (long)Int128.Min(((Int128)ticks * clock.TimestampFrequency + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond, long.MaxValue / 2);
}
