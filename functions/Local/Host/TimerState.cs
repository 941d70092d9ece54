using Azure;

namespace Serverless.Local.Host;

/// <summary>
/// What all heads on one storage know of one timer function. Runs are counted from <see cref="Last"/>: the end of the last run, or
/// its start while it runs or if it never ended. Whoever holds the lease runs the function.
/// </summary>
public sealed record TimerState(DateTimeOffset Last, string LeaseOwner, DateTimeOffset LeaseEnd, ETag Version)
{
    /// <summary>Long enough to outlive a slow storage call, short enough that another head takes over soon: 60 seconds.</summary>
    public static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(60);

    /// <summary>The longest time to wait before reading the state again: 5 minutes.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>What to do at <paramref name="now"/>.</summary>
    /// <param name="schedule">The function's.</param>
    /// <param name="owner">This head, which is not running the function: a lease of its own is a claim whose answer was lost, and is taken up.</param>
    /// <param name="now">The head's clock.</param>
    /// <param name="atOnce">Run whatever the schedule says, as on start-up.</param>
    public TimerStep Decide(TimerSchedule schedule, string owner, DateTimeOffset now, bool atOnce = false)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var due = schedule.Next(Last, now);
        if (LeaseEnd > now)
            return LeaseOwner == owner ? new TimerStep.Run(false) : new TimerStep.Wait(Shortest(LeaseEnd - now));
        if (atOnce || due.At <= now)
            return new TimerStep.Run(due.IsPastDue && !atOnce);
        return new TimerStep.Wait(Shortest(due.At - now));
    }

    public TimerState Claimed(string owner, DateTimeOffset now) => this with { Last = now, LeaseOwner = owner, LeaseEnd = now + LeaseLength };

    public TimerState Renewed(DateTimeOffset now) => this with { LeaseEnd = now + LeaseLength };

    public TimerState Released(DateTimeOffset now) => this with { Last = now, LeaseOwner = "", LeaseEnd = now };

    private static TimeSpan Shortest(TimeSpan wait) => wait < LongestWait ? wait : LongestWait;
}

/// <summary>What a timer's loop does next.</summary>
public abstract record TimerStep
{
    private TimerStep()
    {
    }

    public sealed record Wait(TimeSpan Time) : TimerStep;

    public sealed record Run(bool IsPastDue) : TimerStep;
}
