namespace Serverless.Limits;

/// <summary>
/// The clock of one storage, as an instance knows it: a write is stamped by the storage somewhere between its sending and its answer, and from there on
/// time passes for both (Cristian 1989). The instance's own clock is asked only how much time passed, never what time it is, so it may jump as it likes.
/// What is assumed: the storage's clock does not step forward, and the two run equally fast to 200 parts in a million.
/// </summary>
internal sealed class StorageClock(TimeProvider clock)
{
    /// <summary>Measured again after so long: 10 s.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    /// <summary>Not used after so long: 20 s.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(20);

    private const long DriftPerMillion = 200;

    // Storages stamp in milliseconds, rounded down.
    private const long Grain = TimeSpan.TicksPerMillisecond;

    private readonly long _origin = clock.GetTimestamp();
    private Reading? _reading;

    /// <summary>How long ago it was measured.</summary>
    public TimeSpan Age => _reading is { } reading ? clock.GetElapsedTime(reading.At) : TimeSpan.MaxValue;

    /// <summary>The present; null when it was not measured lately.</summary>
    public Moment? Now => _reading is { } reading && Age < Life ? reading.Present(Ticks(clock.GetTimestamp())) : null;

    /// <summary>A write that was sent and answered then bears this stamp.</summary>
    /// <param name="sent">A timestamp of the instance's clock.</param>
    /// <param name="answered">A timestamp of the instance's clock.</param>
    /// <param name="stamp">The storage's.</param>
    public void Measured(long sent, long answered, DateTimeOffset stamp)
    {
        var underWay = Drift(clock.GetElapsedTime(sent, answered));
        var (least, most) = (stamp.UtcTicks - Ticks(answered) - underWay, stamp.UtcTicks + Grain - Ticks(sent) + underWay);
        if (_reading is { } before)
        {
            // The reading before is still right, but for what the clocks may have drifted since. If it contradicts this one, the storage's clock was set anew.
            var drift = Drift(clock.GetElapsedTime(before.At, answered));
            var (atLeast, atMost) = (Math.Max(least, before.Least - drift), Math.Min(most, before.Most + drift));
            (least, most) = atLeast <= atMost ? (atLeast, atMost) : (least, most);
        }

        _reading = new Reading(answered, least, most);
    }

    private static long Drift(TimeSpan time) => time.Ticks * DriftPerMillion / 1_000_000;

    private long Ticks(long timestamp) => clock.GetElapsedTime(_origin, timestamp).Ticks;

    /// <param name="At">When it was made.</param>
    /// <param name="Least">How far the storage's clock was ahead of the instance's at least.</param>
    /// <param name="Most">And at most.</param>
    private sealed record Reading(long At, long Least, long Most)
    {
        // As much drift as there can be until the reading is no longer used: so the present advances exactly as the instance's clock does.
        private static readonly long MostDrift = Drift(Life);

        public Moment Present(long ticks) => new(ticks + Least - MostDrift, ticks + Most + MostDrift);
    }
}
