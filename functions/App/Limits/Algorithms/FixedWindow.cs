namespace Serverless.Limits;

/// <summary>
/// A count for each window of the calendar (from year 1, UTC: a minute begins with its first second, a day at midnight). Bound: at most <see cref="LimitRule.Limit"/> in
/// each such window, and so up to twice that in a span of one window's length that lies across two. Nothing is admitted in the few milliseconds in which it is not sure which window it is.
/// </summary>
public sealed class FixedWindow : WindowAlgorithm
{
    public static readonly FixedWindow Instance = new();

    public override long Available(LimitState state, LimitRule rule, Moment now) => IsSure(rule, now) ? base.Available(state, rule, now) : 0;

    public override long LastUseOf(LimitRule rule, Moment now) => ExpiryOf(rule, now.Earliest) - 1;

    public override TimeSpan Memory(LimitRule rule) => rule.Window;

    protected override long ExpiryOf(LimitRule rule, long tick) => (tick / rule.Window.Ticks + 1) * rule.Window.Ticks;

    protected override long FreeAt(LimitState state, LimitRule rule, Moment now, long cost) =>
        Math.Max(IsSure(rule, now) ? now.Earliest : ExpiryOf(rule, now.Earliest), base.FreeAt(state, rule, now, cost));

    private bool IsSure(LimitRule rule, Moment now) => ExpiryOf(rule, now.Earliest) == ExpiryOf(rule, now.Latest);
}
