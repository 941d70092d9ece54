namespace Serverless.Limits;

/// <summary>
/// A count for each of <see cref="LimitRule.Segments"/> parts of the window. The segment that has partly expired counts in full until all of it has: at most
/// <see cref="LimitRule.Limit"/> in every span of one window's length, and what is refused beyond need is what was used in that one segment, as if the window were a segment longer.
/// With <see cref="LimitRule.Weighted"/> it counts by the share that has not expired, as if it had been used evenly (Cloudflare's approximation, there with one segment): then up to
/// twice the limit fits a span, if all of a segment was used at its end.
/// </summary>
public sealed class SlidingWindowCounter : WindowAlgorithm
{
    public static readonly SlidingWindowCounter Instance = new();

    public override TimeSpan Memory(LimitRule rule) => rule.Window + TimeSpan.FromTicks(SegmentOf(rule));

    protected override long ExpiryOf(LimitRule rule, long tick)
    {
        var segment = SegmentOf(rule);
        return (tick / segment + 1) * segment + rule.Window.Ticks;
    }

    protected override long Counted(WindowState state, LimitRule rule, long tick)
    {
        var sum = base.Counted(state, rule, tick);
        if (!rule.Weighted || state.Uses.IsEmpty)
            return sum;

        // Segments do not overlap, so only the first can have expired partly. What counts is rounded up.
        var (segment, use) = (SegmentOf(rule), state.Uses[0]);
        var gone = segment - (use.Expires - tick);
        return gone <= 0 ? sum : sum - (long)((Int128)use.Amount * gone / segment);
    }

    protected override long RoomAt(LimitRule rule, Use use, long after, long room)
    {
        if (!rule.Weighted)
            return use.Expires;
        var segment = SegmentOf(rule);
        var surplus = after + use.Amount - room;
        return use.Expires - segment + (long)(((Int128)surplus * segment + use.Amount - 1) / use.Amount);
    }

    private static long SegmentOf(LimitRule rule) => (rule.Window.Ticks + rule.Segments - 1) / rule.Segments;
}
