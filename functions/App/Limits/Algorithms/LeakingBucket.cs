namespace Serverless.Limits;

/// <summary>
/// Water leaks evenly, <see cref="LimitRule.Limit"/> per window; a request that would raise it above <see cref="LimitRule.Burst"/> is refused. As a meter it
/// admits what a token bucket admits, with the same bound (Turner 1986). As a queue (<see cref="LimitRule.Delays"/>) the water is a line of at most Burst requests: each is told to wait
/// until the water before it has leaked. Bound of what leaves the queue: at most 1 + Limit × T / Window in every span of length T, for requests of cost 1; where time is uncertain, that of one may be shorter by as much as it is.
/// </summary>
public sealed class LeakingBucket : Bucket
{
    public static readonly LeakingBucket Instance = new();

    public override long DelayOf(LimitState state, LimitRule rule) =>
        rule.Delays && rule.Limit > 0 ? LeakTime(((BucketState)state).Water + (Int128)state.Held * rule.Window.Ticks, rule) : 0;
}
