using Serverless.Replication;

namespace Serverless.Tests.Replication;

public class HealthGossipTests
{
    [Fact]
    public async Task Two_stamps_learn_each_others_opinion_in_one_exchange()
    {
        var cluster = new GossipCluster(regions: 2);
        var (one, two) = (await cluster.InstanceAsync("r1"), await cluster.InstanceAsync("r2"));
        foreach (var instance in new[] { one, two })
        {
            await instance.CallAllAsync();
            Assert.True(await instance.PublishAsync());
        }

        Assert.Equal(["r1", "r1", "r1", "r1"], (await one.KnownAsync()).Select(d => d.Stamp));
        Assert.True(await one.ExchangeAsync());
        Assert.Equal(8, (await one.KnownAsync()).Count);
        Assert.Equal(await one.KnownAsync(), await two.KnownAsync());
    }

    [Fact]
    public async Task News_of_one_stamp_is_with_all_of_five_after_a_few_rounds()
    {
        var cluster = new GossipCluster(regions: 5);
        var instances = await Task.WhenAll(Enumerable.Range(1, 5).Select(r => cluster.InstanceAsync($"r{r}", seed: r)));
        await instances[0].CallAllAsync();
        await instances[0].PublishAsync();
        var rounds = 0;
        while ((await Task.WhenAll(instances.Select(i => i.OpinionsAsync("r3n1")))).Any(known => !known.ContainsKey("r1")))
        {
            Assert.InRange(++rounds, 1, 5);
            foreach (var instance in instances)
                Assert.True(await instance.ExchangeAsync());
        }
    }

    [Fact]
    public async Task A_node_cut_off_from_one_stamp_is_down_for_that_stamp_since_then_and_up_for_the_others()
    {
        var cluster = new GossipCluster(regions: 3);
        var instances = await Task.WhenAll(Enumerable.Range(1, 3).Select(r => cluster.InstanceAsync($"r{r}", seed: r)));
        var start = cluster.Clock.GetUtcNow();
        await RoundAsync();
        cluster.Advance(60);
        instances[0].Cut.Add("r3n1");
        await instances[0].LoseAsync("r3n1");
        var lost = cluster.Clock.GetUtcNow();
        for (var i = 0; i < 6; i++)
        {
            await RoundAsync();
            cluster.Advance(10);
        }

        foreach (var instance in instances)
        {
            var opinions = await instance.OpinionsAsync("r3n1");
            Assert.Equal(
                [("r1", false, lost), ("r2", true, start), ("r3", true, start)],
                opinions.Values.OrderBy(o => o.Stamp, StringComparer.Ordinal).Select(o => (o.Stamp, o.Up, o.Since)));
            Assert.True(opinions["r1"].ErrorRate > 0 && opinions["r2"].ErrorRate == 0);
        }

        async Task RoundAsync()
        {
            foreach (var instance in instances)
            {
                await instance.CallAllAsync();
                await instance.Gossip.RunAsync(TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task A_node_that_one_instance_of_the_stamp_reaches_is_up_for_the_stamp()
    {
        var cluster = new GossipCluster(regions: 2);
        var (without, with) = (await cluster.InstanceAsync("r1"), await cluster.InstanceAsync("r1", 2));
        without.Cut.Add("r2n1");
        await without.LoseAsync("r2n1");
        for (var i = 0; i < 5; i++)
        {
            await with.CallAsync("r2n1");
            await with.PublishAsync();
            cluster.Advance(9);
            await without.CallAsync("r2n1");
            await without.PublishAsync();
            Assert.True((await with.OpinionsAsync("r2n1"))["r1"].Up);
        }

        cluster.Advance(20);
        await without.PublishAsync();
        Assert.False((await with.OpinionsAsync("r2n1"))["r1"].Up);
    }

    [Fact]
    public async Task A_stamp_whose_own_nodes_are_gone_speaks_and_hears_through_the_next_region()
    {
        var cluster = new GossipCluster(regions: 2);
        var one = await cluster.InstanceAsync("r1");
        cluster.Dead.UnionWith(["r1n1", "r1n2"]);
        await one.LoseAsync("r1n1");
        Assert.True(await one.PublishAsync());
        Assert.False((await one.OpinionsAsync("r1n1"))["r1"].Up);
        Assert.False(await one.ExchangeAsync());

        cluster.Dead.UnionWith(["r2n1", "r2n2"]);
        Assert.False(await one.PublishAsync());
        Assert.IsType<GossipRead.Unavailable>(await one.Gossip.ReadAsync(one.View, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_node_that_keeps_silent_is_waited_for_1_s_counts_as_failed_and_keeps_nobody_from_speaking()
    {
        var cluster = new GossipCluster(regions: 1);
        var one = await cluster.InstanceAsync("r1");
        cluster.Silent.Add("r1n1");
        var publishing = one.PublishAsync();
        Assert.False(publishing.IsCompleted);
        cluster.Clock.Advance(DigestRows.ListLimit);
        Assert.True(await publishing);
        Assert.Equal((1, 1), (one.Health("r1n1").Snapshot().Calls, one.Health("r1n1").Snapshot().ErrorRate));
        cluster.Silent.Clear();
        Assert.Equal(1, (await one.OpinionsAsync("r1n1"))["r1"].ErrorRate);
    }

    [Fact]
    public async Task What_a_wiped_node_forgot_or_a_row_that_nobody_can_read_is_written_again()
    {
        var cluster = new GossipCluster(regions: 1);
        var one = await cluster.InstanceAsync("r1");
        await one.PublishAsync();
        cluster.Wipe("r1n1");
        var row = DigestRows.RowOf("r1", "r1n1");
        Assert.Null(ReplicaKey.FromRow(row));
        await cluster.Memory["r1n1"].CommitAsync("gossip", [new RowChange.Insert(row, "from the future"u8.ToArray())], TestContext.Current.CancellationToken);
        Assert.Empty(await one.KnownAsync());
        Assert.True(await one.PublishAsync());
        Assert.Equal(["r1n1", "r1n2"], (await one.KnownAsync()).Select(d => d.Node));
    }

    [Fact]
    public async Task A_node_that_missed_what_its_neighbour_was_told_is_told_before_anything_is_added()
    {
        var cluster = new GossipCluster(regions: 2);
        var (one, two) = (await cluster.InstanceAsync("r1"), await cluster.InstanceAsync("r1", 2));
        await one.CallAllAsync();
        await one.PublishAsync();
        cluster.Dead.Add("r1n1");
        cluster.Advance(5);
        await two.CallAllAsync();
        await two.PublishAsync();
        var told = (await two.OpinionsAsync("r2n1"))["r1"];

        cluster.Dead.Clear();
        await one.PublishAsync();
        cluster.Dead.Add("r1n2");
        Assert.Equal(told.SeenAt, (await one.OpinionsAsync("r2n1"))["r1"].SeenAt);
    }

    [Fact]
    public async Task When_another_node_takes_over_the_rows_their_versions_grow_and_the_verdict_keeps_its_beginning()
    {
        var cluster = new GossipCluster(regions: 1);
        var one = await cluster.InstanceAsync("r1");
        await one.PublishAsync();
        var before = (await one.OpinionsAsync("r1n2"))["r1"];
        cluster.Dead.Add("r1n1");
        cluster.Advance(30);
        await one.PublishAsync();
        cluster.Dead.Clear();
        cluster.Advance(30);
        await one.PublishAsync();
        var after = (await one.OpinionsAsync("r1n2"))["r1"];
        Assert.True(after.Version > before.Version);
        Assert.Equal((before.Up, before.Since), (after.Up, after.Since));
    }
}
