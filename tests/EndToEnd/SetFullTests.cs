namespace Serverless.Tests.EndToEnd;

public class SetFullTests
{
    private const string Key = "set";

    [Fact]
    public void What_every_later_read_shows_is_stable()
    {
        var judged = SetFull.Of([Acknowledged(1, at: 10)], [Read(11, 1), Read(12, 1)], Final(1));

        Assert.Equal((1, 1, 1), (judged.Attempted, judged.Acknowledged, judged.Stable));
        Assert.Empty(judged.Stale);
        Assert.Empty(judged.Lost);
    }

    [Fact]
    public void What_a_later_read_missed_and_the_final_one_shows_is_stale()
    {
        var judged = SetFull.Of([Acknowledged(1, at: 10), Acknowledged(2, at: 10)], [Read(11, 2), Read(12, 1, 2)], Final(1, 2));

        Assert.Equal(1, Assert.Single(judged.Stale).Element);
        Assert.Equal(1, judged.Stable);
        Assert.Empty(judged.Lost);
    }

    [Fact]
    public void What_only_a_sloppy_answer_missed_is_stable_and_counted()
    {
        var judged = SetFull.Of(
            [Acknowledged(1, at: 10), Acknowledged(2, at: 10) with { ByOwners = false }],
            [Read(11, 2) with { ByOwners = false }, Read(12, 1)],
            Final(1, 2));

        Assert.Empty(judged.Stale);
        Assert.Equal((2, 2), (judged.Stable, judged.Sloppy));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    public void A_read_that_began_before_the_acknowledgement_may_miss_it(int begun) =>
        Assert.Equal(1, SetFull.Of([Acknowledged(1, at: 10)], [Read(begun)], Final(1)).Stable);

    [Fact]
    public void What_was_acknowledged_and_is_gone_in_the_end_is_lost_although_reads_saw_it()
    {
        var judged = SetFull.Of([Acknowledged(1, at: 10), Acknowledged(2, at: 10)], [Read(11, 1, 2)], Final(2));

        Assert.Equal(1, Assert.Single(judged.Lost).Element);
        Assert.Equal((2, 1), (judged.Acknowledged, judged.Stable));
    }

    [Fact]
    public void A_set_that_nobody_could_read_to_the_end_has_lost_all()
    {
        Assert.Equal(2, SetFull.Of([Acknowledged(1, at: 10), Acknowledged(2, at: 10)], [], Final()).Lost.Count);
    }

    [Fact]
    public void What_was_not_acknowledged_may_be_there_or_not()
    {
        var judged = SetFull.Of([Unknown(1), Unknown(2), Unknown(3)], [Read(11, 1, 2)], Final(1));

        Assert.Equal((3, 0, 1, 1), (judged.Attempted, judged.Acknowledged, judged.Recovered, judged.NeverRead));
        Assert.Equal(2, Assert.Single(judged.Vanished).Element);
        Assert.Empty(judged.Lost);
        Assert.Empty(judged.Stale);
    }

    [Fact]
    public void What_nobody_sent_is_told_whoever_saw_it()
    {
        var judged = SetFull.Of([Acknowledged(1, at: 10)], [Read(11, 1, 8)], Final(1, 9));

        Assert.Equal([9, 8], judged.Unattempted);
    }

    [Fact]
    public void Sets_are_judged_apart()
    {
        var other = new SetAdd("other", 2, TimeSpan.Zero, TimeSpan.FromSeconds(1), "");

        var judged = SetFull.Of(
            [Acknowledged(1, at: 1), other], [Read(11, 1)],
            new Dictionary<string, IReadOnlySet<int>> { [Key] = new HashSet<int> { 1 }, ["other"] = new HashSet<int> { 2 } });

        Assert.Equal(2, judged.Stable);
    }

    [Fact]
    public void Every_attempt_is_counted_once()
    {
        var judged = SetFull.Of(
            [Acknowledged(1, at: 1), Acknowledged(2, at: 1), Acknowledged(3, at: 1), Unknown(4), Unknown(5), Unknown(6)],
            [Read(2, 1, 3, 5)], Final(1, 2, 4));

        Assert.Equal(
            "6 attempted, 3 acknowledged: 1 stable (0 of them missed by a sloppy quorum), 1 stale, 1 lost; not acknowledged: 1 there, 1 vanished, 1 never read", judged.ToString());
    }

    private static SetAdd Acknowledged(int element, int at) => new(Key, element, TimeSpan.Zero, TimeSpan.FromSeconds(at), "");

    private static SetAdd Unknown(int element) => new(Key, element, TimeSpan.Zero, null, "");

    private static SetRead Read(int begun, params int[] seen) =>
        new(Key, TimeSpan.FromSeconds(begun), TimeSpan.FromSeconds(begun + 1), seen.ToHashSet());

    private static Dictionary<string, IReadOnlySet<int>> Final(params int[] seen) => new() { [Key] = seen.ToHashSet() };
}
