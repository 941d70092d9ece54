using CsCheck;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>Tokens that are taken ahead, whoever uses them and whenever, and uses that are taken back.</summary>
public class HoldLaws
{
    private const int Runs = 2_000;

    [Fact]
    public void Whoever_uses_what_was_taken_ahead_the_bounds_hold() => LimitGen.Moves(LimitGen.AnyRule, most: 80).Sample((rule, moves) =>
    {
        var holders = new Holders(rule);
        return moves.All(move => holders.Make(move, Moment.At(move.At))) && holders.Meter.KeepsItsBound;
    }, iter: Runs);

    [Fact]
    public void Whoever_uses_what_was_taken_ahead_the_bounds_hold_when_the_time_is_uncertain() => LimitGen.Moves(LimitGen.AnyRule, most: 80).Sample((rule, moves) =>
    {
        var holders = new Holders(rule);
        return moves.All(move => holders.Make(move, move.Unsure)) && holders.Meter.KeepsItsBound;
    }, iter: Runs);

    [Fact]
    public void What_is_refused_for_what_others_hold_is_admitted_at_its_retry_and_not_a_tick_before() => LimitGen.Moves(LimitGen.AnyRule).Sample((rule, moves) =>
    {
        var holders = new Holders(rule);
        return moves.All(move =>
        {
            holders.Make(move, Moment.At(move.At));
            var (meter, cost) = (holders.Meter, Math.Max(1, Math.Min(move.Cost, rule.Capacity)));
            var decision = meter.Ask(move.At, cost);
            return decision.Allowed || (rule.Limit == 0 ? decision.RetryAt == LimitDecision.Never
                : decision.RetryAt > move.At && meter.Ask(decision.RetryAt, cost).Allowed && !meter.Ask(decision.RetryAt - 1, cost).Allowed);
        });
    }, iter: Runs);

    [Fact]
    public void What_was_held_and_not_used_is_given_back_at_once() => AfterRuns((rule, meter, now, share) =>
    {
        var before = meter.Available(now);
        var hold = new Hold(1, 1, share.Of(before), now.Earliest + share);
        meter.State = LimitAlgorithm.Take(meter.State, hold);
        var held = meter.Available(now);
        meter.State = meter.Algorithm.Settle(meter.State, rule, hold, default, 0);
        return held == before - hold.Amount && meter.Available(now) == before && meter.State.Holds.IsEmpty;
    });

    [Fact]
    public void What_is_held_too_long_counts_as_used_at_its_last_moment() => AfterRuns((rule, meter, now, share) =>
    {
        var holds = Enumerable.Range(1, 3).Select(i => new Hold((ulong)i, 1, share.Of(meter.Available(now)) / 3, now.Earliest + share.Of(rule.Window.Ticks) * (i * 7 % 4))).ToList();
        var used = meter.State;
        foreach (var hold in holds.OrderBy(hold => hold.Until))
            used = meter.Algorithm.Use(meter.Algorithm.Advance(used, rule, Moment.At(hold.Until)), rule, Moment.At(hold.Until), hold.Amount);
        meter.State = holds.Aggregate(meter.State, LimitAlgorithm.Take);
        var later = Moment.At(holds.Max(hold => hold.Until) + 1);
        var other = new Meter(rule) { State = used };
        meter.Advance(later);
        other.Advance(later);
        return meter.State.Holds.IsEmpty && meter.Available(later) == other.Available(later)
            && Enumerable.Range(0, 5).Select(i => later.Latest + (i * rule.Window.Ticks / 3)).All(at => meter.Ask(at, 1) == other.Ask(at, 1));
    });

    [Fact]
    public void A_hold_is_good_until_its_last_tick() => AfterRuns((rule, meter, now, share) =>
    {
        var hold = new Hold(1, 1, meter.Available(now), now.Earliest + share);
        meter.State = LimitAlgorithm.Take(meter.State, hold);
        meter.Advance(Moment.At(hold.Until));
        var until = meter.State.Holds.Length;
        meter.Advance(Moment.At(hold.Until + 1));
        return until == (hold.Amount > 0 ? 1 : 0) && meter.State.Holds.IsEmpty;
    });

    [Fact]
    public void A_use_that_is_taken_back_at_once_leaves_no_trace() => AfterRuns((rule, meter, now, share) =>
    {
        var (before, amount) = (meter.Available(now), share.Of(meter.Available(now)));
        meter.State = meter.Algorithm.Use(meter.State, rule, now, amount);
        var used = meter.Available(now);
        meter.State = meter.Algorithm.Refund(meter.State, rule, now, meter.Algorithm.MarkOf(rule, now), amount);
        return used == before - amount && meter.Available(now) == before;
    });

    [Fact]
    public void What_leaked_for_others_before_a_use_was_taken_back_is_not_given_twice()
    {
        var rule = new LimitRule("law", LimitAlgorithmKind.TokenBucket, 10, TimeSpan.FromSeconds(1));
        var (meter, at, later) = (new Meter(rule), LimitGen.Start, LimitGen.Start + rule.Window.Ticks / 10);
        Assert.True(meter.Decide(at, 10).Allowed && meter.Decide(later, 1).Allowed);
        meter.State = meter.Algorithm.Refund(meter.State, rule, Moment.At(later), meter.Algorithm.MarkOf(rule, Moment.At(at)), 10);
        Assert.Equal(9, meter.Available(Moment.At(later)));
    }

    [Fact]
    public void Uses_that_were_not_taken_back_keep_the_bounds() => LimitGen.Moves(LimitGen.AnyRule).Sample((rule, moves) => KeepsItsBound(rule, moves, move => Moment.At(move.At)), iter: Runs);

    [Fact]
    public void Uses_that_were_not_taken_back_keep_the_bounds_when_the_time_is_uncertain() =>
        LimitGen.Moves(LimitGen.AnyRule).Sample((rule, moves) => KeepsItsBound(rule, moves, move => move.Unsure), iter: Runs);

    private static bool KeepsItsBound(LimitRule rule, Move[] moves, Func<Move, Moment> at)
    {
        var (meter, marks) = (new Meter(rule), new List<long>());
        foreach (var move in moves)
        {
            var now = at(move);
            if (move.Kind < 60 || marks.Count == 0)
            {
                if (meter.Decide(now, move.At, move.Cost).Allowed)
                    marks.Add(meter.Algorithm.MarkOf(rule, now));
                continue;
            }

            var which = marks.Count - 1 - (int)(move.Share % Math.Min(4, marks.Count));
            var amount = move.Kind < 80 ? meter.Uses[which].Amount : Math.Min(move.Cost, meter.Uses[which].Amount);
            meter.Advance(now);
            meter.State = meter.Algorithm.Refund(meter.State, rule, now, marks[which], amount);
            meter.Uses[which] = (meter.Uses[which].At, meter.Uses[which].Amount - amount);
        }

        return meter.KeepsItsBound;
    }

    private static void AfterRuns(Func<LimitRule, Meter, Moment, long, bool> law) => LimitGen.Moves(LimitGen.AnyRule).Sample((rule, moves) =>
    {
        var meter = new Meter(rule);
        foreach (var move in moves)
            meter.Decide(move.At, move.Cost);
        var now = Moment.At(moves.Length == 0 ? LimitGen.Start : moves[^1].At);
        meter.Advance(now);
        return law(rule, meter, now, moves.Length == 0 ? 500_000 : moves[^1].Share);
    }, iter: Runs / 2);
}
