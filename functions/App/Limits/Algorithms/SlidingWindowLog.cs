namespace Serverless.Limits;

/// <summary>
/// The time of every use. Bound: at most <see cref="LimitRule.Limit"/> in every span of one window's length, and nothing is refused that this would allow: exact,
/// at the price of remembering each use, so limits end at <see cref="MostUses"/>.
/// </summary>
public sealed class SlidingWindowLog : WindowAlgorithm
{
    /// <summary>The greatest limit: 1,000.</summary>
    public const long MostUses = 1_000;

    public static readonly SlidingWindowLog Instance = new();

    public override TimeSpan Memory(LimitRule rule) => rule.Window;

    protected override long ExpiryOf(LimitRule rule, long tick) => tick + rule.Window.Ticks;
}
