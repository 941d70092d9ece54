using CsCheck;
using Serverless.Replication;

namespace Serverless.Tests.Replication;

public class HealthDigestLaws
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddYears(50);

    private static readonly Gen<DateTimeOffset> Times = Gen.Int[0, 100_000].Select(ms => Start.AddMilliseconds(ms));

    // Few versions and few values, so that equal versions with other contents come up.
    private static readonly Gen<HealthDigest> Digests =
        from up in Gen.Bool
        from since in Times
        from answered in Gen.Bool
        from rate in Gen.Int[0, 4]
        from calls in Gen.Int[0, 3]
        from version in Gen.Long[1, 4]
        select new HealthDigest("r1", "r1n1", 7, up, since, since, answered ? since : null, rate / 4.0, 1.25, 2.5, 3, calls, version);

    private static readonly Gen<HealthSnapshot> Snapshots =
        from up in Gen.Bool
        from since in Gen.Int[0, 60_000]
        from called in Gen.Int[0, 60_000].Nullable()
        from answered in Gen.Int[0, 60_000].Nullable()
        let calledAt = called ?? 0
        select new HealthSnapshot(
            up, Start.AddMilliseconds(Math.Min(since, calledAt)), called is null ? null : Start.AddMilliseconds(calledAt),
            called is null || answered is null ? null : Start.AddMilliseconds(Math.Min(answered.Value, calledAt)),
            0.5, default, default, default, 1);

    [Fact]
    public void Merging_is_commutative_associative_and_idempotent() => Gen.Select(Digests, Digests, Digests).Sample((a, b, c) =>
        HealthDigest.Merge(a, b) == HealthDigest.Merge(b, a)
        && HealthDigest.Merge(HealthDigest.Merge(a, b), c) == HealthDigest.Merge(a, HealthDigest.Merge(b, c))
        && HealthDigest.Merge(a, a) == a
        && HealthDigest.Merge(a, b).Version == Math.Max(a.Version, b.Version)
        && !(HealthDigest.Merge(a, b).AnsweredAt < a.AnsweredAt));

    [Fact]
    public void The_stored_form_reads_back_and_anything_else_is_refused()
    {
        Digests.Sample(digest => HealthDigest.FromJson(digest.ToJson()) == digest);
        Assert.Null(HealthDigest.FromJson("no digest"u8));
        Assert.Null(HealthDigest.FromJson("{}"u8));
        Assert.Null(HealthDigest.FromJson("null"u8));
        Assert.Null(HealthDigest.FromJson("""{"stamp":"r1","node":"n","version":"much"}"""u8));
    }

    [Fact]
    public void Its_beginning_moves_only_with_the_verdict_and_its_version_with_every_change() => Observations((before, seen, after) =>
        before is null
        || after == before
        || (after!.Version > before.Version && (after.Up == before.Up ? after.Since == before.Since : after.Since >= before.Since)));

    [Fact]
    public void A_stamp_that_had_an_answer_within_20_s_holds_the_node_for_up_and_one_with_an_open_breaker_and_none_for_down() =>
        Observations((before, seen, after) => after is null
            || after == before
            || (Now - after.AnsweredAt < StampVerdict.AnswerCounts ? after.Up : seen.Up || !after.Up));

    [Fact]
    public void A_node_held_for_down_is_up_only_after_an_answer_since() => Observations((before, seen, after) =>
        before is null || before.Up || !after!.Up || Now - after.AnsweredAt < StampVerdict.AnswerCounts || seen.AnsweredAt > before.SeenAt);

    [Fact]
    public void What_the_stamp_knew_of_the_latest_call_and_answer_is_never_lost() => Observations((before, seen, after) =>
        seen.CalledAt is null
            ? after == before
            : after!.SeenAt >= seen.CalledAt && !(after.AnsweredAt < seen.AnsweredAt)
                && (before is null || (after.SeenAt >= before.SeenAt && !(after.AnsweredAt < before.AnsweredAt))));

    [Fact]
    public void Saying_the_same_again_changes_nothing() => Observations((_, seen, after) => Observe(after, seen) == after);

    [Fact]
    public void Versions_grow_with_the_clock_and_when_it_goes_back() => Gen.Select(Gen.Long[0, 10_000], Times).Sample((before, now) =>
        HealthDigest.NextVersion(before, now) > before && HealthDigest.NextVersion(before, now) >= now.ToUnixTimeMilliseconds());

    [Fact]
    public void Nothing_of_an_earlier_incarnation_but_its_version_and_last_answer_goes_into_the_next() =>
        Gen.Select(Digests, Snapshots).Where((_, seen) => seen.CalledAt is not null).Sample((digest, seen) =>
        {
            var earlier = digest with { Incarnation = 6, AnsweredAt = null };
            var fresh = Observe(null, seen)!;
            var next = Observe(earlier, seen)!;
            return next.Version > earlier.Version && next with { Version = 0 } == fresh with { Version = 0 };
        });

    private static DateTimeOffset Now => Start.AddSeconds(60);

    // Any history of words, one after the other.
    private static void Observations(Func<HealthDigest?, HealthSnapshot, HealthDigest?, bool> law) => Snapshots.Array[1, 8].Sample(history =>
    {
        HealthDigest? before = null;
        foreach (var seen in history)
        {
            var after = Observe(before, seen);
            if (!law(before, seen, after))
                return false;
            before = after;
        }

        return true;
    });

    private static HealthDigest? Observe(HealthDigest? before, HealthSnapshot seen)
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Start);
        return StampVerdict.Observe(before, "r1", new Node("r1n1", "r1", 7, true, new MemoryReplica(), new NodeHealth(clock)), seen, Now);
    }
}
