using Microsoft.Extensions.Options;
using Serverless.Replication;

namespace Serverless.Tests.Replication;

/// <summary>What an instance makes of its stamp's word, and when it speaks itself.</summary>
public class GossipHearingTests
{
    private readonly GossipCluster _cluster = new(regions: 2);

    [Fact]
    public async Task A_cold_instance_starts_with_the_breaker_open_and_closes_it_at_the_first_probe_that_is_answered()
    {
        var lost = await HoldForDownAsync("r2n1");
        var cold = await _cluster.InstanceAsync("r1", 2);
        cold.Gossip.Touch(cold.View);
        Assert.Equal((true, lost), (cold.Health("r2n1").IsDown, cold.Health("r2n1").DownSince));

        Assert.False(await cold.CallAsync("r2n1"));
        _cluster.Dead.Clear();
        Assert.False(await cold.CallAsync("r2n1"));
        _cluster.Advance(1);
        Assert.True(await cold.CallAsync("r2n1"));
        Assert.False(cold.Health("r2n1").IsDown);

        cold.Gossip.Touch(cold.View);
        var opinion = (await cold.OpinionsAsync("r2n1"))["r1"];
        Assert.Equal((true, _cluster.Clock.GetUtcNow()), (opinion.Up, opinion.Since));
    }

    [Fact]
    public async Task A_word_older_than_what_the_instance_saw_itself_changes_nothing()
    {
        var witness = await _cluster.InstanceAsync("r1", 2);
        await HoldForDownAsync("r2n1");
        _cluster.Dead.Clear();
        _cluster.Advance(1);
        Assert.True(await witness.CallAsync("r2n1"));
        var word = (await witness.OpinionsAsync("r2n1"))["r1"];
        Assert.False(word.Up);
        await witness.PublishAsync();
        Assert.False(witness.Health("r2n1").IsDown);
    }

    [Fact]
    public async Task A_newer_word_is_heard_by_an_instance_that_has_not_called_the_node_since()
    {
        var idle = await _cluster.InstanceAsync("r1", 2);
        await idle.CallAsync("r2n1");
        _cluster.Advance(60);
        await HoldForDownAsync("r2n1");
        await idle.PublishAsync();
        Assert.True(idle.Health("r2n1").IsDown);
    }

    [Fact]
    public async Task What_the_stamp_holds_of_each_node_is_measured_while_it_is_fresh()
    {
        using var metrics = new ReplicationMetrics(_cluster.Clock);
        using var measured = new Measured(metrics.Has);
        await HoldForDownAsync("r2n1");
        var told = await _cluster.InstanceAsync("r1", 2, metrics);
        await told.CallAsync("r1n1");
        await told.PublishAsync();
        await told.PublishAsync();
        Assert.Equal((1, 0), (measured.Values["serverless.replication.node.down r2n1"], measured.Values["serverless.replication.node.down r1n1"]));

        measured.Forget();
        _cluster.Advance(61);
        Assert.Empty(measured.Values);
    }

    [Fact]
    public async Task Old_words_other_stamps_words_and_words_on_an_earlier_incarnation_are_not_heard()
    {
        await HoldForDownAsync("r1n2");
        await (await _cluster.InstanceAsync("r2", 2)).ExchangeAsync();
        var other = await _cluster.InstanceAsync("r2", 3);
        await other.PublishAsync();
        Assert.False((await other.OpinionsAsync("r1n2"))["r1"].Up);
        Assert.False(other.Health("r1n2").IsDown);

        await HoldForDownAsync("r2n1");
        _cluster.Document = _cluster.Document.Reincarnate(new HashSet<string>(["r2n1"]), () => 77);
        var later = await _cluster.InstanceAsync("r1", 3);
        await later.PublishAsync();
        Assert.False(later.Health("r2n1").IsDown);
        Assert.Empty(await later.OpinionsAsync("r2n1"));

        _cluster.Document = new GossipCluster(regions: 2).Document;
        _cluster.Advance(61);
        var cold = await _cluster.InstanceAsync("r1", 4);
        await cold.PublishAsync();
        Assert.False(cold.Health("r2n1").IsDown);
    }

    [Fact]
    public async Task An_instance_that_serves_requests_speaks_every_10_s_and_at_once_when_its_verdict_changed()
    {
        var one = await _cluster.InstanceAsync("r1");
        one.Gossip.Touch(one.View);
        await one.CallAsync("r2n1");
        Assert.Empty(await TouchedAsync());
        _cluster.Advance(9);
        Assert.Empty(await TouchedAsync());
        _cluster.Advance(1);
        Assert.Single(await TouchedAsync());

        _cluster.Advance(1);
        _cluster.Dead.Add("r2n2");
        await one.LoseAsync("r2n2");
        Assert.Equal((false, _cluster.Clock.GetUtcNow()), ((await TouchedAsync("r2n2"))["r1"].Up, one.Health("r2n2").DownSince));

        Task<IReadOnlyDictionary<string, HealthDigest>> TouchedAsync(string node = "r2n1")
        {
            one.Gossip.Touch(one.View);
            return one.OpinionsAsync(node);
        }
    }

    [Fact]
    public async Task An_instance_does_not_speak_again_before_it_has_ended()
    {
        var one = await _cluster.InstanceAsync("r1");
        _cluster.Silent.Add("r1n1");
        one.Gossip.Touch(one.View);
        var lists = _cluster.Lists;
        _cluster.Dead.Add("r2n2");
        await one.LoseAsync("r2n2");
        one.Gossip.Touch(one.View);
        Assert.Equal(lists, _cluster.Lists);

        _cluster.Silent.Clear();
        _cluster.Clock.Advance(DigestRows.ListLimit);
        await Eventually.HoldsAsync(
            () =>
            {
                one.Gossip.Touch(one.View);
                return _cluster.Lists > lists;
            },
            "the change of the verdict is told after the first word has ended");
    }

    [Fact]
    public async Task Reads_and_writes_of_keys_touch_the_gossip()
    {
        var one = await _cluster.InstanceAsync("r1");
        using var store = new ReplicatedStore(one.Views, Options.Create(new ReplicationOptions()), _cluster.Clock, new Random(1), gossip: one.Gossip);
        await MemoryCluster.PutAsync(store, "k", "v");
        Assert.Equal(2, (await one.KnownAsync()).Count);
        _cluster.Advance(10);
        await MemoryCluster.GetAsync(store, "k");
        Assert.NotEqual(2, (await one.KnownAsync()).Count);
    }

    // One instance of r1 loses the node and says so; when it did.
    private async Task<DateTimeOffset> HoldForDownAsync(string node)
    {
        var witness = await _cluster.InstanceAsync("r1");
        _cluster.Dead.Add(node);
        await witness.LoseAsync(node);
        var lost = _cluster.Clock.GetUtcNow();
        _cluster.Advance(20);
        await witness.CallAsync(node);
        Assert.True(await witness.PublishAsync());
        Assert.False((await witness.OpinionsAsync(node))["r1"].Up);
        return lost;
    }
}
