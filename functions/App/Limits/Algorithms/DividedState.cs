using System.Collections.Immutable;
using System.Numerics;

namespace Serverless.Limits;

/// <summary>
/// One state as several, each counted against its part of the rule, and back. All that was used and is held is in exactly one part, and no part has more than its share: so as
/// long as each keeps its own limit, together they keep the whole's, at every moment after.
/// </summary>
internal static class DividedState
{
    /// <summary>The part in which a holder counts.</summary>
    public static int PartOf(ulong holder, int parts) => (int)(holder % (ulong)parts);

    /// <summary>Two parts as one. Of two buckets that have leaked up to different ticks, the one that is behind does not catch up, so that nothing leaks twice.</summary>
    public static LimitState Join(LimitState one, LimitState other) => (one, other) switch
    {
        (BucketState a, BucketState b) => new BucketState(a.Water + b.Water, Math.Max(a.At, b.At)) { Holds = a.Holds.AddRange(b.Holds) },
        (WindowState a, WindowState b) => new WindowState(Join(a.Uses, b.Uses)) { Holds = a.Holds.AddRange(b.Holds) },
        _ => throw new ArgumentException($"{one.GetType().Name} and {other.GetType().Name} are not parts of one state.", nameof(other)),
    };

    /// <summary>A state in parts; null when one of them would have more than its share, because of what its holders hold.</summary>
    public static LimitState[]? Divide(LimitState state, LimitRule rule, int parts)
    {
        var holds = state.Holds.ToLookup(hold => PartOf(hold.Holder, parts));
        var room = new Int128[parts];
        for (var part = 0; part < parts; part++)
            room[part] = (rule.PartOf(part, parts).Capacity - holds[part].Sum(hold => hold.Amount)) * (state is BucketState ? (Int128)rule.Window.Ticks : 1);

        // Of a soft limit more may be used than it has: it promises nothing.
        var isHard = rule.Mode != LimitMode.Soft;
        if (Array.Exists(room, r => r < 0) || (isHard && UsedOf(state) > Sum(room)))
            return null;
        var divided = state is BucketState bucket ? Divide(bucket, room) : Divide((WindowState)state, room, isHard);
        for (var part = 0; part < parts; part++)
            divided[part] = divided[part] with { Holds = [.. holds[part]] };
        return divided;
    }

    private static LimitState[] Divide(BucketState bucket, Int128[] room) =>
        [.. Spread(bucket.Water, room).Select(water => new BucketState(water, bucket.At))];

    private static LimitState[] Divide(WindowState window, Int128[] room, bool isHard)
    {
        var uses = room.Select(_ => ImmutableArray.CreateBuilder<Use>()).ToArray();
        foreach (var use in window.Uses)
        {
            var amounts = Spread(use.Amount, room);
            for (var part = 0; part < room.Length; part++)
            {
                if (amounts[part] > 0)
                    uses[part].Add(new Use(use.Expires, (long)amounts[part]));
                room[part] -= isHard ? amounts[part] : 0;
            }
        }

        return [.. uses.Select(some => new WindowState(some.ToImmutable()))];
    }

    // As there is room for it; what does not divide goes where there is most. No part gets more than its room when all together have enough.
    private static Int128[] Spread(Int128 amount, Int128[] room)
    {
        var (all, given) = (Sum(room), new Int128[room.Length]);
        for (var part = 0; part < room.Length; part++)
            given[part] = all == 0 ? 0 : (Int128)((BigInteger)amount * (BigInteger)room[part] / (BigInteger)all);
        for (var rest = amount - Sum(given); rest > 0; rest--)
        {
            var most = 0;
            for (var part = 1; part < room.Length; part++)
                most = room[part] - given[part] > room[most] - given[most] ? part : most;
            given[most]++;
        }

        return given;
    }

    private static ImmutableArray<Use> Join(ImmutableArray<Use> some, ImmutableArray<Use> others) =>
        [.. some.Concat(others).GroupBy(use => use.Expires).OrderBy(group => group.Key).Select(group => new Use(group.Key, group.Sum(use => use.Amount)))];

    private static Int128 UsedOf(LimitState state) => state is BucketState bucket ? bucket.Water : Sum([.. ((WindowState)state).Uses.Select(use => (Int128)use.Amount)]);

    private static Int128 Sum(Int128[] amounts)
    {
        var sum = Int128.Zero;
        foreach (var amount in amounts)
            sum += amount;
        return sum;
    }
}
