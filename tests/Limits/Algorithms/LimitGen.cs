using CsCheck;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>Random rules, and requests whose gaps and costs are of the size that matters to the rule.</summary>
internal static class LimitGen
{
    /// <summary>Some day in 2026, in ticks.</summary>
    public const long Start = 639_000_000_000_000_000;

    private static readonly Gen<long> Windows = Gen.OneOf(
        Gen.OneOf(Gen.Const(TimeSpan.TicksPerMillisecond), Gen.Const(TimeSpan.TicksPerSecond), Gen.Const(TimeSpan.TicksPerDay)),
        Gen.Long[TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerSecond],
        Gen.Long[TimeSpan.TicksPerSecond, TimeSpan.TicksPerDay]);

    private static readonly Gen<long> Limits = Gen.OneOf(Gen.Long[0, 5], Gen.Long[0, 200]);

    // What a number of a million stands for depends on the rule: so a script fits every rule.
    private static readonly Gen<(int Kind, long Share)> Part = Gen.Select(Gen.Int[0, 9], Gen.Long[0, 1_000_000]);

    /// <summary>Any rule of that kind.</summary>
    public static Gen<LimitRule> Rules(LimitAlgorithmKind kind, bool weighted = false, bool delays = false) =>
        Gen.Select(Windows, Limits, Gen.Long[1, 200], Gen.Bool, Gen.OneOf(Gen.Const(1), Gen.Const(100), Gen.Int[1, 100])).Select((window, limit, burst, isDefault, segments) =>
            new LimitRule("law", kind, limit, TimeSpan.FromTicks(window))
            {
                Burst = isDefault ? limit : burst,
                Segments = segments,
                Weighted = weighted,
                Delays = delays,
            });

    /// <summary>Any rule of any kind.</summary>
    public static readonly Gen<LimitRule> AnyRule = Gen.OneOf(Gen.OneOf([.. Enum.GetValues<LimitAlgorithmKind>().Select(kind => Rules(kind))]),
        Rules(LimitAlgorithmKind.SlidingWindowCounter, weighted: true), Rules(LimitAlgorithmKind.LeakingBucket, delays: true));

    /// <summary>A rule with requests in the order of time.</summary>
    public static Gen<(LimitRule Rule, (long At, long Cost)[] Requests)> Runs(Gen<LimitRule> rules, int most = 50) =>
        Gen.Select(rules, Gen.Long[0, TimeSpan.TicksPerDay], Gen.Select(Part, Part).Array[0, most]).Select((rule, offset, parts) =>
        {
            var at = Start + offset;
            return (rule, parts.Select(part => (at += Gap(rule, part.Item1), Cost(rule, part.Item2))).ToArray());
        });

    /// <summary>A rule with moves of which each has a gap before it, a kind of its own, and a share of a million for whatever it needs.</summary>
    public static Gen<(LimitRule Rule, Move[] Moves)> Moves(Gen<LimitRule> rules, int most = 50) =>
        Gen.Select(rules, Gen.Select(Part, Part, Gen.Int[0, 99], Gen.Select(Part, Part), Part).Array[0, most]).Select((rule, parts) =>
        {
            var at = Start;
            return (rule, parts.Select(p => new Move(
                at += Gap(rule, p.Item1), Cost(rule, p.Item2), p.Item3, Gap(rule, p.Item4.Item1) / 4, Gap(rule, p.Item4.Item2) / 4, p.Item5.Share)).ToArray());
        });

    /// <summary>That share of a million.</summary>
    public static long Of(this long share, long whole) => (long)((Int128)share * whole / 1_000_000);

    private static long Gap(LimitRule rule, (int Kind, long Share) part) => part.Kind switch
    {
        0 or 1 => 0,
        2 => 1,
        3 => part.Share % 3 + rule.Window.Ticks - 1,
        4 => part.Share.Of(2 * rule.Window.Ticks),
        5 => rule.Window.Ticks / rule.Segments + part.Share % 3 - 1,
        6 or 7 => rule.Window.Ticks / Math.Max(1, rule.Limit) + part.Share % 3 - 1,
        _ => part.Share.Of(rule.Window.Ticks / 10),
    };

    private static long Cost(LimitRule rule, (int Kind, long Share) part) => part.Kind switch
    {
        0 => part.Share % 3 + rule.Capacity,
        1 => part.Share.Of(rule.Capacity + 2),
        2 or 3 => part.Share.Of(rule.Capacity / 4),
        _ => 1,
    };
}

/// <param name="At">When it truly is, in ticks.</param>
/// <param name="Cost">What is asked for.</param>
/// <param name="Kind">0 to 99.</param>
/// <param name="Before">How much earlier it may be.</param>
/// <param name="After">How much later it may be.</param>
/// <param name="Share">Of a million.</param>
internal readonly record struct Move(long At, long Cost, int Kind, long Before, long After, long Share)
{
    /// <summary>The present, as far as it is known.</summary>
    public Moment Unsure => new(At - Before, At + After);
}
