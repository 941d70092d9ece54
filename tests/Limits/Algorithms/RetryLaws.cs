using CsCheck;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>What a decision foretells comes true.</summary>
public class RetryLaws
{
    private const int Runs = 1_500;

    [Fact]
    public void What_is_refused_is_admitted_at_its_retry_and_not_a_tick_before() => AfterEach((rule, meter, at, cost, decision) =>
    {
        if (decision.Allowed)
            return decision.RetryAt == 0;
        if (cost > rule.Capacity || rule.Limit == 0)
            return decision.RetryAt == LimitDecision.Never;
        return decision.RetryAt > at && meter.Ask(decision.RetryAt, cost).Allowed && !meter.Ask(decision.RetryAt - 1, cost).Allowed;
    });

    [Fact]
    public void All_of_the_limit_can_be_had_when_it_is_said_to_be_whole_and_not_a_tick_before() => AfterEach((rule, meter, at, _, decision) =>
    {
        if (rule.Limit == 0)
            return decision.WholeAt == LimitDecision.Never;
        return decision.WholeAt >= at && meter.Ask(decision.WholeAt, rule.Capacity).Allowed
            && (decision.WholeAt == at || !meter.Ask(decision.WholeAt - 1, rule.Capacity).Allowed);
    });

    [Fact]
    public void What_remains_is_exactly_the_largest_cost_that_is_admitted_next() => AfterEach((_, meter, at, _, decision) =>
        decision.Remaining >= 0 && meter.Ask(at, decision.Remaining).Allowed && !meter.Ask(at, decision.Remaining + 1).Allowed);

    [Fact]
    public void A_request_that_costs_nothing_is_admitted_and_changes_nothing() => AfterEach((_, meter, at, cost, decision) =>
        meter.Ask(at, 0) is { Allowed: true } free && free.Remaining == decision.Remaining && (cost > 0 || decision.Allowed));

    [Fact]
    public void A_refused_request_makes_no_difference_to_what_comes_after() => LimitGen.Runs(LimitGen.AnyRule).Sample((rule, requests) =>
    {
        var (all, admitted) = (new Meter(rule), new Meter(rule));
        return requests.All(r => all.Decide(r.At, r.Cost) is var decision
            && (decision.Allowed ? admitted.Decide(r.At, r.Cost) == decision : admitted.Ask(r.At, r.Cost) == decision));
    }, iter: Runs);

    [Fact]
    public void The_greatest_rule_foretells_a_time_that_is_still_to_come()
    {
        var rule = new LimitRule("law", LimitAlgorithmKind.TokenBucket, 1, TimeSpan.FromDays(366)) { Burst = 1_000_000_000 };
        var (tokens, queue) = (new Meter(rule), new Meter(rule with { Algorithm = LimitAlgorithmKind.LeakingBucket, Delays = true }));
        foreach (var meter in new[] { tokens, queue })
        {
            Assert.True(meter.Decide(LimitGen.Start, rule.Burst).WholeAt > LimitGen.Start);
            Assert.True(meter.Decide(LimitGen.Start, rule.Burst).RetryAt > LimitGen.Start);
        }

        Assert.True(queue.Decide(LimitGen.Start + rule.Window.Ticks, 1).Delay > 0);
    }

    private static void AfterEach(Func<LimitRule, Meter, long, long, LimitDecision, bool> law) => LimitGen.Runs(LimitGen.AnyRule).Sample((rule, requests) =>
    {
        var meter = new Meter(rule);
        return requests.All(r => law(rule, meter, r.At, r.Cost, meter.Decide(r.At, r.Cost)));
    }, iter: Runs);
}
