using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>What each algorithm promises of what was used, checked span by span.</summary>
internal static class Bounds
{
    /// <summary>Whether those uses keep what the algorithm's doc comment states.</summary>
    public static bool Keep(LimitRule rule, IEnumerable<(long At, long Amount)> unordered)
    {
        var uses = unordered.Where(use => use.Amount > 0).OrderBy(use => use.At).ToArray();
        return rule.Algorithm switch
        {
            LimitAlgorithmKind.TokenBucket or LimitAlgorithmKind.LeakingBucket => EverySpanFits(rule, uses),
            LimitAlgorithmKind.FixedWindow => MostPerCalendarWindow(rule, uses) <= rule.Limit && MostInWindow(rule, uses) <= 2 * rule.Limit,
            _ => MostInWindow(rule, uses) <= (rule.Weighted ? 2 : 1) * rule.Limit,
        };
    }

    /// <summary>The most in a span of one window's length, of which the last tick does not count.</summary>
    public static long MostInWindow(LimitRule rule, IReadOnlyList<(long At, long Amount)> uses)
    {
        var (most, sum, first) = (0L, 0L, 0);
        foreach (var (at, amount) in uses)
        {
            for (sum += amount; uses[first].At <= at - rule.Window.Ticks; first++)
                sum -= uses[first].Amount;
            most = Math.Max(most, sum);
        }

        return most;
    }

    /// <summary>What a bucket may admit from one tick to another, times the window.</summary>
    public static Int128 Fits(LimitRule rule, long span) => (Int128)rule.Burst * rule.Window.Ticks + (Int128)rule.Limit * span;

    private static long MostPerCalendarWindow(LimitRule rule, (long At, long Amount)[] uses) =>
        uses.GroupBy(use => use.At / rule.Window.Ticks).Select(window => window.Sum(use => use.Amount)).DefaultIfEmpty().Max();

    private static bool EverySpanFits(LimitRule rule, (long At, long Amount)[] uses)
    {
        for (var i = 0; i < uses.Length; i++)
        {
            Int128 sum = 0;
            for (var j = i; j < uses.Length; j++)
            {
                sum += (Int128)uses[j].Amount * rule.Window.Ticks;
                if (sum > Fits(rule, uses[j].At - uses[i].At))
                    return false;
            }
        }

        return rule.Limit > 0 || uses.Length == 0;
    }
}
