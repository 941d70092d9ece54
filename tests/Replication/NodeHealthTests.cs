using Microsoft.Extensions.Time.Testing;
using Serverless.Replication;

namespace Serverless.Tests.Replication;

public class NodeHealthTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly NodeHealth _health;
    private int _turns;

    public NodeHealthTests() => _health = new NodeHealth(_clock, () => _turns++);

    [Fact]
    public void Five_failures_in_a_row_are_down_and_an_answer_in_between_is_not()
    {
        Fail(4);
        _health.Answered(_clock.GetTimestamp());
        Fail(4);
        Assert.False(_health.IsDown);
        Fail(1);
        Assert.True(_health.IsDown);
        Assert.Equal(_clock.GetUtcNow(), _health.DownSince);
    }

    [Fact]
    public void A_node_that_is_down_is_probed_once_a_second_until_it_answers()
    {
        Fail(5);
        Assert.False(_health.TryEnter());
        _clock.Advance(NodeHealth.ProbeEvery);
        Assert.True(_health.TryEnter());
        Assert.False(_health.TryEnter());
        _health.Answered(_clock.GetTimestamp());
        Assert.True(_health.TryEnter());
        Assert.Null(_health.DownSince);
    }

    [Fact]
    public void The_95th_percentile_is_that_of_recent_answers()
    {
        foreach (var milliseconds in Enumerable.Range(1, 128))
        {
            var startedAt = _clock.GetTimestamp();
            _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
            _health.Answered(startedAt);
        }

        Assert.InRange(_health.P95.TotalMilliseconds, 119, 123);
    }

    [Fact]
    public void The_error_rate_is_that_of_the_last_128_calls()
    {
        Assert.Equal((0, 0, null), (Now.ErrorRate, Now.Calls, Now.CalledAt));
        Fail(1);
        Assert.Equal(1, Now.ErrorRate);
        Answer(3);
        Assert.Equal(0.25, Now.ErrorRate);
        Answer(NodeHealth.Window - 4);
        Assert.Equal(1.0 / NodeHealth.Window, Now.ErrorRate);
        Answer(1);
        Assert.Equal((0, NodeHealth.Window + 1), (Now.ErrorRate, Now.Calls));
    }

    [Fact]
    public void A_snapshot_tells_since_when_the_verdict_stands_and_when_the_node_last_answered()
    {
        var start = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromSeconds(5));
        Answer(1);
        Assert.Equal((true, start.AddSeconds(5), start.AddSeconds(5)), (Now.Up, Now.Since, Now.AnsweredAt));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Fail(7);
        Assert.Equal((false, start.AddSeconds(10), start.AddSeconds(5)), (Now.Up, Now.Since, Now.AnsweredAt));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Answer(2);
        Assert.Equal((true, start.AddSeconds(15), start.AddSeconds(15)), (Now.Up, Now.Since, Now.CalledAt));
        Assert.Equal(2, _turns);
    }

    [Fact]
    public void The_median_and_the_99th_percentile_are_those_of_recent_answers()
    {
        foreach (var milliseconds in Enumerable.Range(1, 2 * NodeHealth.Window))
            Answer(1, milliseconds);
        Assert.InRange(Now.P50.TotalMilliseconds, 190, 194);
        Assert.InRange(Now.P99.TotalMilliseconds, 253, 256);
    }

    [Fact]
    public void The_word_of_the_stamp_opens_the_breaker_with_a_probe_at_once_and_an_answer_closes_it()
    {
        var since = _clock.GetUtcNow().AddSeconds(-30);
        Assert.True(_health.Suspect(since, _clock.GetUtcNow()));
        Assert.Equal((true, since, 0), (_health.IsDown, _health.DownSince, _turns));
        Assert.True(_health.TryEnter());
        Assert.False(_health.TryEnter());
        Fail(1);
        Assert.Equal(since, _health.DownSince);
        Answer(1);
        Assert.Equal((false, 1), (_health.IsDown, _turns));
    }

    [Fact]
    public void The_word_of_the_stamp_counts_only_when_it_is_newer_than_the_last_call()
    {
        Answer(1);
        Assert.False(_health.Suspect(_clock.GetUtcNow(), _clock.GetUtcNow()));
        Assert.False(_health.IsDown);
        Assert.True(_health.Suspect(_clock.GetUtcNow(), _clock.GetUtcNow().AddSeconds(1)));
        Assert.True(_health.IsDown);
    }

    private HealthSnapshot Now => _health.Snapshot();

    private void Answer(int times, int milliseconds = 0)
    {
        for (var i = 0; i < times; i++)
        {
            var startedAt = _clock.GetTimestamp();
            _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
            _health.Answered(startedAt);
        }
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
            _health.Failed();
    }
}
