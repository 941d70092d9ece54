using Microsoft.Extensions.Time.Testing;
using Serverless.Replication;

namespace Serverless.Tests.Replication;

public class NodeHealthTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly NodeHealth _health;

    public NodeHealthTests() => _health = new NodeHealth(_clock);

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

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
            _health.Failed();
    }
}
