using Microsoft.Extensions.Options;
using Serverless.Replication;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Replication;

public class StampDutiesTests
{
    private const int Rounds = 5;

    [Fact]
    public async Task One_stamp_leads_and_when_it_is_silent_another_one()
    {
        var cluster = new GossipCluster(regions: 3);
        var stamps = await Task.WhenAll(Enumerable.Range(1, 3).Select(r => cluster.InstanceAsync($"r{r}", seed: r)));
        await TalkAsync(stamps);
        var leader = Assert.Single(await LeadersAsync(stamps));

        cluster.Advance(StampDuties.Silence.TotalSeconds + 1);
        GossipInstance[] others = [.. stamps.Where(stamp => stamp != leader)];
        await TalkAsync(others);
        Assert.Single(await LeadersAsync(others));
    }

    [Fact]
    public async Task A_stamp_that_hears_of_no_other_leads()
    {
        var cluster = new GossipCluster(regions: 3);
        Assert.Single(await LeadersAsync([await cluster.InstanceAsync("r3")]));
    }

    [Fact]
    public async Task A_node_that_nobody_refills_in_time_is_every_stamp_s_to_refill()
    {
        var cluster = new GossipCluster(regions: 3);
        cluster.Document = cluster.Document.Reincarnate(new HashSet<string> { "r2n1" }, () => 7, cluster.Clock.GetUtcNow());
        var stamp = await cluster.InstanceAsync("r3");
        var options = new ReplicationOptions();
        var jobs = new TimerJobs(stamp.Views, stamp.Gossip, (_, _) => Task.FromResult<ClusterDocument?>(null), Options.Create(options), cluster.Clock, new Random(1));

        cluster.Advance(options.SettleSeconds + NodeRefill.Patience.TotalSeconds);
        Assert.False(await jobs.Refill.IsOverdueAsync(TestContext.Current.CancellationToken));
        cluster.Advance(1);
        Assert.True(await jobs.Refill.IsOverdueAsync(TestContext.Current.CancellationToken));
    }

    private static async Task TalkAsync(IReadOnlyList<GossipInstance> stamps)
    {
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var stamp in stamps)
            {
                await stamp.CallAllAsync();
                await stamp.PublishAsync();
                await stamp.ExchangeAsync();
            }
        }
    }

    private static async Task<IReadOnlyList<GossipInstance>> LeadersAsync(IReadOnlyList<GossipInstance> stamps)
    {
        var leads = await Task.WhenAll(stamps.Select(stamp => new StampDuties(stamp.Views, stamp.Gossip, stamp.Clock).LeadsAsync(TestContext.Current.CancellationToken)));
        return [.. stamps.Where((_, i) => leads[i])];
    }
}
