using CsCheck;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>Clocks that step back, and clocks that are not known exactly.</summary>
public class ClockStepLaws
{
    private const int Runs = 2_000;

    [Fact]
    public void A_clock_that_steps_back_mints_nothing_in_the_time_that_truly_passes() => LimitGen.Moves(LimitGen.AnyRule).Sample((rule, moves) =>
    {
        var (meter, back, clock) = (new Meter(rule), 0L, 0L);
        foreach (var move in moves)
        {
            back += move.Kind < 30 ? move.Before : 0;
            if (rule.Algorithm == LimitAlgorithmKind.FixedWindow && (move.At - back) / rule.Window.Ticks < clock / rule.Window.Ticks)
                back = move.At - clock;
            clock = move.At - back;
            meter.Decide(Moment.At(clock), move.At, move.Cost);
        }

        // Where one calendar window ends is the clock's to say: in true time, only that two of them meet.
        return rule.Algorithm == LimitAlgorithmKind.FixedWindow ? Bounds.MostInWindow(rule, meter.Uses) <= 2 * rule.Limit : meter.KeepsItsBound;
    }, iter: Runs);

    [Fact]
    public void A_fixed_window_is_forgotten_when_the_next_begins_even_if_the_clock_steps_back_into_it()
    {
        var (meter, border) = (new Meter(new LimitRule("law", LimitAlgorithmKind.FixedWindow, 5, TimeSpan.FromSeconds(1))), LimitGen.Start);
        Assert.True(meter.Decide(border - 1, 5).Allowed && meter.Decide(border, 0).Allowed);
        Assert.True(meter.Decide(border - 1, 5).Allowed);
    }

    [Fact]
    public void A_bucket_takes_the_latest_time_it_ever_saw_for_the_present() => LimitGen.Moves(Gen.OneOf(
        LimitGen.Rules(LimitAlgorithmKind.TokenBucket), LimitGen.Rules(LimitAlgorithmKind.LeakingBucket))).Sample((rule, moves) =>
    {
        var (stepping, steady, latest) = (new Meter(rule), new Meter(rule), 0L);
        return moves.All(move =>
        {
            var at = move.At - (move.Kind < 50 ? move.Before : 0);
            latest = Math.Max(latest, at);
            var (one, other) = (stepping.Decide(Moment.At(at), latest, move.Cost), steady.Decide(latest, move.Cost));
            return (one.Allowed, one.Remaining) == (other.Allowed, other.Remaining) && Math.Max(one.RetryAt, latest) == Math.Max(other.RetryAt, latest);
        }) && stepping.KeepsItsBound;
    }, iter: Runs);

    [Fact]
    public void A_state_never_gains_by_an_earlier_present() => LimitGen.Moves(LimitGen.AnyRule).Sample((rule, moves) =>
    {
        var meter = new Meter(rule);
        return moves.All(move =>
        {
            var decision = meter.Decide(move.At, move.Cost);
            var before = meter.Ask(move.At - move.Before, decision.Remaining + 1);
            return !before.Allowed && before.Remaining <= decision.Remaining && meter.Ask(move.At + move.After, 0).Remaining >= decision.Remaining;
        });
    }, iter: Runs);

    [Fact]
    public void The_bounds_hold_in_true_time_however_little_of_it_is_known() => LimitGen.Moves(LimitGen.AnyRule).Sample((rule, moves) =>
    {
        var meter = new Meter(rule);
        foreach (var move in moves)
            meter.Decide(move.Unsure, move.At, move.Cost);
        return meter.KeepsItsBound;
    }, iter: 2 * Runs);

    [Fact]
    public void A_fixed_window_admits_nothing_while_it_is_not_sure_which_window_it_is() =>
        LimitGen.Moves(LimitGen.Rules(LimitAlgorithmKind.FixedWindow)).Sample((rule, moves) =>
        {
            var meter = new Meter(rule);
            return moves.All(move => meter.Decide(move.Unsure, move.At, move.Cost) is var decision && (move.Cost == 0 || !decision.Allowed
                || move.Unsure.Earliest / rule.Window.Ticks == move.Unsure.Latest / rule.Window.Ticks));
        }, iter: Runs / 2);

    [Fact]
    public void Tokens_of_a_fixed_window_may_be_used_to_its_last_tick() =>
        LimitGen.Moves(LimitGen.Rules(LimitAlgorithmKind.FixedWindow)).Sample((rule, moves) => moves.All(move =>
        {
            var last = FixedWindow.Instance.LastUseOf(rule, move.Unsure);
            return last / rule.Window.Ticks == move.Unsure.Earliest / rule.Window.Ticks && (last + 1) % rule.Window.Ticks == 0;
        }), iter: Runs / 4);

    [Fact]
    public void A_bound_would_break_if_one_guessed_the_time()
    {
        var rule = new LimitRule("law", LimitAlgorithmKind.SlidingWindowLog, 1, TimeSpan.FromSeconds(1));
        var (meter, at) = (new Meter(rule), LimitGen.Start);
        Assert.True(meter.Decide(new Moment(at - 10, at + 10), at, 1).Allowed);
        Assert.False(meter.Decide(new Moment(at + rule.Window.Ticks - 10, at + rule.Window.Ticks + 10), at + rule.Window.Ticks, 1).Allowed);
        Assert.True(meter.Decide(Moment.At(at + rule.Window.Ticks + 10), at + rule.Window.Ticks + 10, 1).Allowed);
    }

    [Fact]
    public void What_was_refused_at_an_uncertain_time_is_admitted_at_its_retry() => LimitGen.Moves(LimitGen.AnyRule).Sample((rule, moves) =>
    {
        var meter = new Meter(rule);
        return moves.All(move => meter.Decide(move.Unsure, move.At, move.Cost) is var decision
            && (decision.Allowed || (decision.RetryAt == LimitDecision.Never
                ? move.Cost > rule.Capacity || rule.Limit == 0
                : decision.RetryAt > move.Unsure.Earliest && meter.Ask(decision.RetryAt, move.Cost).Allowed)));
    }, iter: Runs);
}
