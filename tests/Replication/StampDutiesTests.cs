using Serverless.Replication;

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
