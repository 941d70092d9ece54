namespace Serverless.Limits;

/// <summary>What the three windows share: a use counts until a tick that only the time of the use decides, and at most <see cref="LimitRule.Limit"/> count at any time.</summary>
public abstract class WindowAlgorithm : LimitAlgorithm
{
    public override LimitState Blank { get; } = new WindowState([]);

    public override long Available(LimitState state, LimitRule rule, Moment now) =>
        Math.Max(0, rule.Limit - state.Held - Counted((WindowState)state, rule, now.Earliest));

    public override LimitState Use(LimitState state, LimitRule rule, Moment now, long amount)
    {
        if (amount == 0)
            return state;
        var window = (WindowState)state;
        var (expires, at) = (MarkOf(rule, now), window.Uses.Length);
        while (at > 0 && window.Uses[at - 1].Expires > expires)
            at--;
        return window with
        {
            Uses = at > 0 && window.Uses[at - 1].Expires == expires
                ? window.Uses.SetItem(at - 1, new Use(expires, window.Uses[at - 1].Amount + amount))
                : window.Uses.Insert(at, new Use(expires, amount)),
        };
    }

    public override LimitState Refund(LimitState state, LimitRule rule, Moment now, long mark, long amount)
    {
        var window = (WindowState)state;
        for (var i = 0; i < window.Uses.Length; i++)
        {
            if (window.Uses[i].Expires != mark)
                continue;
            var left = Math.Max(0, window.Uses[i].Amount - amount);
            return window with { Uses = left == 0 ? window.Uses.RemoveAt(i) : window.Uses.SetItem(i, new Use(mark, left)) };
        }

        return state;
    }

    public override long MarkOf(LimitRule rule, Moment now) => ExpiryOf(rule, now.Latest);

    /// <summary>The tick from which a use at <paramref name="tick"/> does not count any more.</summary>
    protected abstract long ExpiryOf(LimitRule rule, long tick);

    /// <summary>What counts at a tick, of uses that have not expired by then.</summary>
    protected virtual long Counted(WindowState state, LimitRule rule, long tick)
    {
        var sum = 0L;
        foreach (var use in state.Uses)
            sum += use.Amount;
        return sum;
    }

    /// <summary>The first tick at which a use, and what counts after it, leave so much room; it is known that without the use they do.</summary>
    protected virtual long RoomAt(LimitRule rule, Use use, long after, long room) => use.Expires;

    protected override LimitState Pass(LimitState state, LimitRule rule, long tick)
    {
        var window = (WindowState)state;
        var expired = 0;
        while (expired < window.Uses.Length && window.Uses[expired].Expires <= tick)
            expired++;
        return expired == 0 ? window : window with { Uses = window.Uses.RemoveRange(0, expired) };
    }

    protected override long FreeAt(LimitState state, LimitRule rule, Moment now, long cost)
    {
        var room = rule.Limit - state.Held - cost;
        if (room < 0)
            return LimitDecision.Never;
        var uses = ((WindowState)state).Uses;
        var after = 0L;
        foreach (var use in uses)
            after += use.Amount;
        foreach (var use in uses)
        {
            if (after <= room)
                break;
            after -= use.Amount;
            if (after <= room)
                return Math.Max(now.Earliest, RoomAt(rule, use, after, room));
        }

        return now.Earliest;
    }
}
