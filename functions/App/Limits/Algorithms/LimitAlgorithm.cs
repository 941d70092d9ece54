namespace Serverless.Limits;

/// <summary>
/// One of the five ways to count, as pure functions: the state goes in, and a state comes out. A request is decided by <see cref="Decide"/>; those who take tokens ahead use
/// the steps that it consists of.
/// </summary>
public abstract class LimitAlgorithm
{
    /// <summary>The algorithm of a kind.</summary>
    public static LimitAlgorithm Of(LimitAlgorithmKind kind) => kind switch
    {
        LimitAlgorithmKind.TokenBucket => TokenBucket.Instance,
        LimitAlgorithmKind.LeakingBucket => LeakingBucket.Instance,
        LimitAlgorithmKind.FixedWindow => FixedWindow.Instance,
        LimitAlgorithmKind.SlidingWindowLog => SlidingWindowLog.Instance,
        _ => SlidingWindowCounter.Instance,
    };

    /// <summary>Nothing was ever used.</summary>
    public abstract LimitState Blank { get; }

    /// <summary>Decides one request: all of its cost, or nothing.</summary>
    /// <param name="state">As the last decision left it.</param>
    /// <param name="rule">The limit.</param>
    /// <param name="now">When.</param>
    /// <param name="cost">At least 0; 0 is always admitted.</param>
    public (LimitState State, LimitDecision Decision) Decide(LimitState state, LimitRule rule, Moment now, long cost)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cost);
        var advanced = Advance(state, rule, now);
        if (Available(advanced, rule, now) < cost && cost > 0)
            return (advanced, Refusal(advanced, rule, now, cost));
        var delay = DelayOf(advanced, rule);
        var used = Use(advanced, rule, now, cost);
        return (used, new LimitDecision(true, Available(used, rule, now), 0, WholeAt(used, rule, now)) { Delay = delay });
    }

    /// <summary>A refusal by a state that has <see cref="Advance"/>d to the moment.</summary>
    public LimitDecision Refusal(LimitState state, LimitRule rule, Moment now, long cost) =>
        new(false, Available(state, rule, now), AvailableAt(state, rule, now, cost), WholeAt(state, rule, now));

    /// <summary>Lets time do its work: what expired is gone, and what was held too long counts as used at its last moment.</summary>
    public LimitState Advance(LimitState state, LimitRule rule, Moment now)
    {
        foreach (var hold in state.Holds.Where(h => h.Until < now.Earliest).OrderBy(h => h.Until).ToList())
        {
            var then = Moment.At(hold.Until);
            state = Use(Pass(Drop(state, hold), rule, then.Earliest), rule, then, hold.Amount);
        }

        return Pass(state, rule, now.Earliest);
    }

    /// <summary>What can be had at once from a state that has <see cref="Advance"/>d to the moment; at least 0.</summary>
    public abstract long Available(LimitState state, LimitRule rule, Moment now);

    /// <summary>Counts what is used at that moment. It may be more than is available: then nothing is until that is made up for.</summary>
    public abstract LimitState Use(LimitState state, LimitRule rule, Moment now, long amount);

    /// <summary>Takes tokens ahead.</summary>
    public static LimitState Take(LimitState state, Hold hold) => hold.Amount == 0 ? state : state with { Holds = state.Holds.Add(hold) };

    /// <summary>Ends a hold: so many were used, the last of them at that moment, and the rest may be had by others.</summary>
    public LimitState Settle(LimitState state, LimitRule rule, Hold hold, Moment lastUse, long used) =>
        used == 0 ? Drop(state, hold) : Use(Drop(state, hold), rule, lastUse, used);

    /// <summary>Takes back a use that turned out not to be one.</summary>
    /// <param name="state">One that has <see cref="Advance"/>d to the moment.</param>
    /// <param name="rule">The limit.</param>
    /// <param name="now">When.</param>
    /// <param name="mark">What <see cref="MarkOf"/> said when it was used.</param>
    /// <param name="amount">At most what was used.</param>
    public abstract LimitState Refund(LimitState state, LimitRule rule, Moment now, long mark, long amount);

    /// <summary>By what a use at that moment is found again.</summary>
    public abstract long MarkOf(LimitRule rule, Moment now);

    /// <summary>The last tick at which tokens taken now may be used.</summary>
    public virtual long LastUseOf(LimitRule rule, Moment now) => LimitDecision.Never;

    /// <summary>For how long the past counts: a state that is unknown is as good as blank when so long nothing was admitted.</summary>
    public abstract TimeSpan Memory(LimitRule rule);

    /// <summary>The first tick, from now on, at which <paramref name="cost"/> can be had if nobody else takes or returns anything.</summary>
    public long AvailableAt(LimitState state, LimitRule rule, Moment now, long cost)
    {
        if (cost > rule.Capacity || rule.Limit == 0)
            return LimitDecision.Never;
        while (true)
        {
            // What is held becomes used when nobody accounts for it: until then it stands as it is.
            var free = FreeAt(state, rule, now, cost);
            if (state.Holds.IsEmpty)
                return free;
            var next = state.Holds.Min(h => h.Until) + 1;
            if (free <= next)
                return free;
            now = Moment.At(Math.Max(next, now.Earliest));
            state = Advance(state, rule, now);
        }
    }

    /// <summary>The first tick at which all of the limit can be had again if nobody takes anything.</summary>
    public long WholeAt(LimitState state, LimitRule rule, Moment now) => AvailableAt(state, rule, now, rule.Capacity);

    /// <summary>How long a request that is admitted now waits for its turn, in ticks.</summary>
    public virtual long DelayOf(LimitState state, LimitRule rule) => 0;

    /// <summary>Lets what expires by a tick expire; holds stay.</summary>
    protected abstract LimitState Pass(LimitState state, LimitRule rule, long tick);

    /// <summary>The first tick, from now on, at which so much is free while holds stay as they are; <see cref="LimitDecision.Never"/> when they are in the way.</summary>
    protected abstract long FreeAt(LimitState state, LimitRule rule, Moment now, long cost);

    private static LimitState Drop(LimitState state, Hold hold) => state with { Holds = state.Holds.Remove(hold) };
}
