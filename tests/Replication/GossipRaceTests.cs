using Serverless.Replication;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Replication;

/// <summary>Instances of a stamp that publish at once, on one thread in an order that a seed decides.</summary>
public class GossipRaceTests
{
    private const int Instances = 6;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_an_instance_has_published_is_in_the_digest_and_exchanges_at_once_take_nothing_back(bool lossy)
    {
        var published = 0;
        foreach (var seed in Enumerable.Range(0, 100))
            published += Run(seed, lossy ? Weather.Lossy : Weather.Fair);
        Assert.InRange(published, lossy ? 100 : 100 * Instances, 100 * Instances);
    }

    private static int Run(int seed, Weather weather)
    {
        var simulator = new Simulator(seed);
        var document = new ClusterDocument(1, 1, 16, 2,
            [.. Enumerable.Range(1, 2).Select(r => new ClusterMember($"r{r}n1", $"r{r}", 100, (ulong)r, "rows", MemberState.Member))]);
        var nodes = document.Nodes.ToDictionary(m => m.Id, _ => new SimulatedNode(simulator));
        foreach (var node in nodes.Values)
            node.Create("rows");
        var published = 0;
        simulator.Run(async () =>
        {
            nodes["r1n1"].Weather = weather;
            await Task.WhenAll(Enumerable.Range(0, Instances).Select(InstanceAsync));
        });
        return published;

        async Task InstanceAsync(int number)
        {
            var views = new ClusterViews(
                _ => Task.FromResult<ClusterDocument?>(document), member => nodes[member.Id].Reach(member.Table, () => true), "r1", new ReplicationOptions(), simulator.Time);
            var view = (await views.GetAsync(CancellationToken.None))!;
            var gossip = new HealthGossip(views, new Random(seed + number), simulator.Time);
            await view.Nodes["r2n1"].Replica.ReadAsync("0000", "kv.a", CancellationToken.None);
            var seen = view.Nodes["r2n1"].Health.Snapshot();
            var exchanging = number == 0 ? gossip.ExchangeAsync(view, CancellationToken.None) : Task.FromResult(true);
            var told = await gossip.PublishAsync(view, CancellationToken.None);
            await exchanging;
            if (!told)
                return;

            published++;
            var rows = await Task.WhenAll(nodes.Values.Select(n => n.Table("rows").ReadAsync("gossip", DigestRows.RowOf("r1", "r2n1"), CancellationToken.None)));
            var digest = rows.OfType<RowRead.Found>().Select(r => HealthDigest.FromJson(r.Row.Data.Span)!).Aggregate(HealthDigest.Merge);
            Assert.True(digest.AnsweredAt >= seen.AnsweredAt, $"seed {seed}: what instance {number} saw is lost");
        }
    }
}
