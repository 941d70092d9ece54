namespace Serverless.Limits;

/// <summary>
/// What both buckets share: water that rises with use and leaks at the limit's rate. A leaking bucket refuses what would overflow; a token bucket holds as many tokens as
/// there is room above the water, which is the same (the mirror images of ITU-T I.371, annex A). What is held is room taken but not yet filled.
/// </summary>
public abstract class Bucket : LimitAlgorithm
{
    public override LimitState Blank { get; } = new BucketState(0, 0);

    public override long Available(LimitState state, LimitRule rule, Moment now) =>
        rule.Limit == 0 ? 0 : (long)Int128.Max(0, (Room(state, rule) - ((BucketState)state).Water) / rule.Window.Ticks);

    // It may be as late as the latest: a bucket that was empty by then was empty for who knows how long, and what is used now leaks from then on, not from the earliest.
    public override LimitState Use(LimitState state, LimitRule rule, Moment now, long amount)
    {
        var bucket = (BucketState)state;
        var used = (Int128)amount * rule.Window.Ticks;
        var leaked = (Int128)Math.Max(0, now.Latest - bucket.At) * rule.Limit;
        return amount == 0 ? state
            : bucket.Water == 0 ? bucket with { Water = used, At = Math.Max(bucket.At, now.Latest) }
            : bucket with { Water = Int128.Max(bucket.Water, leaked) + used };
    }

    // What leaked since may have been the water of others, which is why they were admitted: only what cannot have leaked is taken back.
    public override LimitState Refund(LimitState state, LimitRule rule, Moment now, long mark, long amount)
    {
        var bucket = (BucketState)state;
        var left = Int128.Max(0, (Int128)amount * rule.Window.Ticks - (Int128)Math.Max(0, now.Latest - mark) * rule.Limit);
        return bucket with { Water = Int128.Max(0, bucket.Water - left) };
    }

    public override long MarkOf(LimitRule rule, Moment now) => now.Earliest;

    public override TimeSpan Memory(LimitRule rule) =>
        rule.Limit == 0 ? rule.Window : TimeSpan.FromTicks((long)Int128.Min(rule.Burst * (Int128)rule.Window.Ticks / rule.Limit + 1, TimeSpan.MaxValue.Ticks / 2));

    protected override LimitState Pass(LimitState state, LimitRule rule, long tick)
    {
        var bucket = (BucketState)state;
        return tick <= bucket.At ? bucket : bucket with
        {
            Water = bucket.Water == 0 ? 0 : Int128.Max(0, bucket.Water - (Int128)(tick - bucket.At) * rule.Limit),
            At = tick,
        };
    }

    protected override long FreeAt(LimitState state, LimitRule rule, Moment now, long cost)
    {
        var bucket = (BucketState)state;
        var room = Room(state, rule) - (Int128)cost * rule.Window.Ticks;
        if (room < 0)
            return LimitDecision.Never;
        var over = bucket.Water - room;
        return over <= 0 ? now.Earliest : Math.Max(now.Earliest, bucket.At + LeakTime(over, rule));
    }

    /// <summary>How long so much water takes to leak, in ticks: at most 14,600 years, so that a time to come can be told.</summary>
    protected static long LeakTime(Int128 water, LimitRule rule) => (long)Int128.Min((water + rule.Limit - 1) / rule.Limit, TimeSpan.MaxValue.Ticks / 2);

    // All that the bucket holds, less what others have taken ahead.
    private static Int128 Room(LimitState state, LimitRule rule) => (Int128)(rule.Burst - state.Held) * rule.Window.Ticks;
}
