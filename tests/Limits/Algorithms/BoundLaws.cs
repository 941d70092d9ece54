using CsCheck;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>Each algorithm against an oracle that remembers every use: it admits what it should, and refuses only what it must.</summary>
public class BoundLaws
{
    private const int Runs = 1_500;

    [Fact]
    public void Every_algorithm_keeps_the_bound_it_states() => LimitGen.Runs(LimitGen.AnyRule).Sample((rule, requests) =>
    {
        var meter = new Meter(rule);
        foreach (var (at, cost) in requests)
            meter.Decide(at, cost);
        return meter.KeepsItsBound;
    }, iter: 2 * Runs);

    [Fact]
    public void A_bucket_admits_exactly_what_leaves_every_span_within_its_burst_and_rate() => Gen.OneOf(
        LimitGen.Runs(LimitGen.Rules(LimitAlgorithmKind.TokenBucket)), LimitGen.Runs(LimitGen.Rules(LimitAlgorithmKind.LeakingBucket)))
        .Sample((rule, requests) => Agrees(rule, requests, (uses, at, cost) => Bounds.Keep(rule, [.. uses, (at, cost)])), iter: Runs);

    [Fact]
    public void A_fixed_window_admits_exactly_its_limit_per_calendar_window() => LimitGen.Runs(LimitGen.Rules(LimitAlgorithmKind.FixedWindow))
        .Sample((rule, requests) => Agrees(rule, requests, (uses, at, cost) => cost + Sum(uses, at - at % rule.Window.Ticks) <= rule.Limit), iter: Runs);

    [Fact]
    public void A_log_agrees_with_one_that_keeps_every_time() => LimitGen.Runs(LimitGen.Rules(LimitAlgorithmKind.SlidingWindowLog))
        .Sample((rule, requests) => Agrees(rule, requests, (uses, at, cost) => cost + Sum(uses, at - rule.Window.Ticks + 1) <= rule.Limit), iter: Runs);

    [Fact]
    public void A_counter_refuses_only_what_an_exact_log_of_a_window_one_segment_longer_would() => LimitGen.Runs(LimitGen.Rules(LimitAlgorithmKind.SlidingWindowCounter))
        .Sample((rule, requests) =>
        {
            var meter = new Meter(rule);
            return requests.All(r => meter.Decide(r.At, r.Cost).Allowed || r.Cost + Sum(meter.Uses, r.At - rule.Window.Ticks - Segment(rule) + 1) > rule.Limit);
        }, iter: Runs);

    [Fact]
    public void A_weighted_counter_takes_the_share_of_its_oldest_segment_that_has_not_expired() =>
        LimitGen.Runs(LimitGen.Rules(LimitAlgorithmKind.SlidingWindowCounter, weighted: true))
            .Sample((rule, requests) => Agrees(rule, requests, (uses, at, cost) => cost + Weighted(rule, uses, at) <= rule.Limit), iter: Runs);

    [Fact]
    public void A_fixed_window_lets_twice_its_limit_pass_where_two_windows_meet()
    {
        var (meter, border) = (new Meter(Rule(LimitAlgorithmKind.FixedWindow)), LimitGen.Start);
        Assert.True(meter.Decide(border - 1, 100).Allowed && meter.Decide(border, 100).Allowed);
        Assert.Equal(200, Bounds.MostInWindow(Rule(LimitAlgorithmKind.FixedWindow), meter.Uses));
    }

    [Fact]
    public void A_weighted_counter_lets_nearly_twice_its_limit_pass_after_a_burst_at_a_segments_end()
    {
        var rule = Rule(LimitAlgorithmKind.SlidingWindowCounter) with { Weighted = true, Segments = 1 };
        var (meter, border, window) = (new Meter(rule), LimitGen.Start, rule.Window.Ticks);
        Assert.True(meter.Decide(border - 1, 100).Allowed);
        for (var i = 1; i < 100; i++)
            Assert.True(meter.Decide(border + i * window / 100, 1).Allowed);
        Assert.Equal(100 + 99, Bounds.MostInWindow(rule, meter.Uses));
        var strict = new Meter(rule with { Weighted = false });
        Assert.True(strict.Decide(border - 1, 100).Allowed && !strict.Decide(border + window - 1, 1).Allowed && strict.Decide(border + window, 100).Allowed);
    }

    [Fact]
    public void After_its_memory_everything_is_forgotten_and_all_can_be_had() => LimitGen.Runs(LimitGen.AnyRule).Sample((rule, requests) =>
    {
        var meter = new Meter(rule);
        foreach (var (at, cost) in requests)
            meter.Decide(at, cost);
        var later = Moment.At((requests.Length == 0 ? LimitGen.Start : requests[^1].At) + meter.Algorithm.Memory(rule).Ticks);
        meter.Advance(later);
        return meter.State.IsBlank && meter.Available(later) == (rule.Limit == 0 ? 0 : rule.Capacity);
    }, iter: Runs);

    private static LimitRule Rule(LimitAlgorithmKind kind) => new("law", kind, 100, TimeSpan.FromSeconds(10));

    private static bool Agrees(LimitRule rule, (long At, long Cost)[] requests, Func<List<(long At, long Amount)>, long, long, bool> fits)
    {
        var meter = new Meter(rule);
        return requests.All(r => (r.Cost == 0 || fits(meter.Uses, r.At, r.Cost)) == meter.Decide(r.At, r.Cost).Allowed);
    }

    private static long Sum(List<(long At, long Amount)> uses, long from) => uses.Where(use => use.At >= from).Sum(use => use.Amount);

    private static long Segment(LimitRule rule) => (long)Math.Ceiling((decimal)rule.Window.Ticks / rule.Segments);

    // As if each segment's uses were spread evenly over it, and the window cut off what lies before it.
    private static long Weighted(LimitRule rule, List<(long At, long Amount)> uses, long at) => uses.GroupBy(use => use.At / Segment(rule)).Sum(segment =>
    {
        var left = (segment.Key + 1) * Segment(rule) - (at - rule.Window.Ticks);
        return (long)Math.Ceiling(segment.Sum(use => use.Amount) * (decimal)Math.Clamp(left, 0, Segment(rule)) / Segment(rule));
    });
}
