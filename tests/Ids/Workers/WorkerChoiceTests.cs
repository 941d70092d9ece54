using Microsoft.Extensions.Time.Testing;
using Serverless.Ids;

namespace Serverless.Tests.Ids;

public class WorkerChoiceTests
{
    private const long Present = 1_000_000;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _clock = new();
    private readonly LeaseWatch _watch;

    public WorkerChoiceTests() => _watch = new LeaseWatch(Lease, _clock);

    [Fact]
    public void A_worker_that_nobody_holds_comes_before_one_whose_lease_has_ended() =>
        Assert.All(Enumerable.Range(0, 20), seed => Assert.Equal(1, Choose(seed, 3, Ended(0), Ended(2)).Worker));

    [Fact]
    public void A_worker_whose_range_is_past_comes_before_one_that_would_begin_in_the_future() =>
        Assert.All(Enumerable.Range(0, 20), seed => Assert.Equal(1, Choose(seed, 2, Ended(0) with { Row = Row("a", -1, Present + 1) }, Ended(1)).Worker));

    [Fact]
    public void Of_those_in_the_future_the_nearest_is_taken() => Assert.Equal(
        1, Choose(0, 2, Ended(0) with { Row = Row("a", -1, Present + 500) }, Ended(1) with { Row = Row("b", -1, Present + 400) }).Worker);

    [Fact]
    public void When_all_are_leased_it_tells_when_the_first_ends()
    {
        var choice = Choose(0, 2, Held(0, 20), Held(1, 10));
        Assert.Equal((null, 2, TimeSpan.FromSeconds(10)), (choice.Worker, choice.Leased, choice.FreeIn));
    }

    [Fact]
    public void A_lease_that_is_stated_for_an_hour_ends_when_it_was_watched_for_its_length()
    {
        Assert.Null(Choose(0, 1, Held(0, 3_600)).Worker);
        _clock.Advance(Lease - TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1), Choose(0, 1, Held(0, 3_600)).FreeIn);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, Choose(0, 1, Held(0, 3_600)).Worker);
        Assert.Null(Choose(0, 1, Held(0, 3_600) with { ETag = "renewed" }).Worker);
    }

    [Fact]
    public void A_row_that_nobody_can_read_is_left_alone()
    {
        Assert.Equal(1, Choose(0, 2, (0, null, "e")).Worker);
        Assert.Null(Choose(0, 1, (0, null, "e")).Worker);
    }

    [Fact]
    public void Instances_that_start_at_once_choose_differently() =>
        Assert.True(Enumerable.Range(0, 20).Select(seed => Choose(seed, 128).Worker).Distinct().Count() > 10);

    private WorkerChoice Choose(int seed, int workers, params (int Worker, WorkerRow? Row, string ETag)[] rows) =>
        WorkerChoice.Of(rows, workers, Present, _watch, new Random(seed));

    private (int Worker, WorkerRow? Row, string ETag) Ended(int worker) => (worker, Row($"owner {worker}", -1, Present - 1), "e");

    private (int Worker, WorkerRow? Row, string ETag) Held(int worker, int seconds) => (worker, Row($"owner {worker}", seconds, Present), "e");

    private WorkerRow Row(string owner, int seconds, long until) => new(owner, 1, _clock.GetUtcNow() + TimeSpan.FromSeconds(seconds), until);
}
