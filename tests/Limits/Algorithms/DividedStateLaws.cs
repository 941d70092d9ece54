using CsCheck;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>A limit that is counted in parts promises what the whole does.</summary>
public class DividedStateLaws
{
    private const int Runs = 2_000;

    [Fact]
    public void The_parts_of_a_rule_are_the_rule_and_a_lower_limit_gives_none_more() =>
        Gen.Select(Gen.Long[0, 1_000_000_000], Gen.Long[0, 1_000], Gen.Int[1, 20]).Sample((limit, more, parts) =>
        {
            var (lower, higher) = (Rule(limit), Rule(limit + more));
            var shares = Enumerable.Range(0, parts).Select(part => (Low: lower.PartOf(part, parts), High: higher.PartOf(part, parts))).ToList();
            return shares.Sum(share => share.Low.Limit) == limit && shares.Sum(share => share.Low.Burst) == limit + 7
                && shares.TrueForAll(share => share.Low.Limit <= share.High.Limit && share.Low.Limit - limit / parts is 0 or 1);
        });

    [Fact]
    public void What_was_used_and_is_held_is_in_one_part_and_none_has_more_than_its_share() => Divided((rule, meter, now, states) =>
    {
        var available = states.Select((state, part) => meter.Algorithm.Available(state, rule.PartOf(part, states.Length), now)).ToList();
        var (sum, whole) = (available.Sum(), meter.Available(now));

        // Of a bucket each part may have a fraction of a token.
        var isFair = sum <= whole && (rule.Weighted || whole - sum < states.Length || rule.PartOf(states.Length - 1, states.Length).Limit == 0);
        return isFair && states.Sum(state => state.Held) == meter.State.Held && Same(states.Aggregate(DividedState.Join), meter.State);
    });

    [Fact]
    public void However_often_it_is_divided_and_joined_the_bounds_hold() => LimitGen.Moves(LimitGen.AnyRule, most: 80).Sample((rule, moves) => KeepsItsBound(rule, moves, move => Moment.At(move.At)), iter: Runs);

    [Fact]
    public void However_often_it_is_divided_and_joined_the_bounds_hold_when_the_time_is_uncertain() =>
        LimitGen.Moves(LimitGen.AnyRule, most: 80).Sample((rule, moves) => KeepsItsBound(rule, moves, move => move.Unsure), iter: Runs);

    [Fact]
    public void What_one_holder_has_beyond_a_share_is_not_divided()
    {
        var (rule, state) = (Rule(100), LimitAlgorithm.Of(LimitAlgorithmKind.TokenBucket).Blank);
        Assert.NotNull(DividedState.Divide(state with { Holds = [new Hold(1, 1, 27, 0)] }, rule, 4));
        Assert.Null(DividedState.Divide(state with { Holds = [new Hold(1, 1, 28, 0)] }, rule, 4));
        Assert.Null(DividedState.Divide(state with { Holds = [new Hold(1, 1, 20, 0), new Hold(5, 1, 8, 0)] }, rule, 4));
        Assert.NotNull(DividedState.Divide(state with { Holds = [new Hold(1, 1, 20, 0), new Hold(6, 1, 8, 0)] }, rule, 4));
    }

    private static bool KeepsItsBound(LimitRule rule, Move[] moves, Func<Move, Moment> at)
    {
        var (meter, parts) = (new Meter(rule), new[] { LimitAlgorithm.Of(rule.Algorithm).Blank });
        foreach (var move in moves)
        {
            var now = at(move);
            if (move.Kind < 15)
            {
                var whole = parts.Select((state, part) => meter.Algorithm.Advance(state, rule.PartOf(part, parts.Length), now)).Aggregate(DividedState.Join);
                parts = DividedState.Divide(whole, rule, 1 + move.Kind % 4) ?? [whole];
            }
            else
            {
                var part = (int)(move.Share % parts.Length);
                (parts[part], var decision) = meter.Algorithm.Decide(parts[part], rule.PartOf(part, parts.Length), now, move.Cost);
                if (decision.Allowed)
                    meter.Uses.Add((move.At, move.Cost));
            }
        }

        return meter.KeepsItsBound;
    }

    private static void Divided(Func<LimitRule, Meter, Moment, LimitState[], bool> law)
    {
        var divided = 0;
        Gen.Select(LimitGen.Moves(LimitGen.AnyRule, most: 30), Gen.Int[1, 6]).Sample((run, parts) =>
        {
            var ((rule, moves), now) = (run, Moment.At(run.Moves.Length == 0 ? LimitGen.Start : run.Moves[^1].At));
            var holders = new Holders(rule);
            foreach (var move in moves)
                holders.Make(move, Moment.At(move.At));
            holders.Meter.Advance(now);
            if (DividedState.Divide(holders.Meter.State, rule, parts) is not { } states)
                return true;
            Interlocked.Increment(ref divided);
            return law(rule, holders.Meter, now, states);
        }, iter: Runs);
        Assert.True(divided > Runs / 4, $"{divided} of {Runs} were divided");
    }

    private static bool Same(LimitState one, LimitState other) => one.Holds.OrderBy(hold => hold.Holder).SequenceEqual(other.Holds.OrderBy(hold => hold.Holder)) && (one, other) switch
    {
        (BucketState a, BucketState b) => a.Water == b.Water && a.At == b.At,
        (WindowState a, WindowState b) => a.Uses.GroupBy(use => use.Expires, use => use.Amount).Select(g => (g.Key, g.Sum())).SequenceEqual(b.Uses.GroupBy(use => use.Expires, use => use.Amount).Select(g => (g.Key, g.Sum()))),
        _ => false,
    };

    private static LimitRule Rule(long limit) => new("law", LimitAlgorithmKind.TokenBucket, limit, TimeSpan.FromSeconds(1)) { Burst = limit + 7 };
}
