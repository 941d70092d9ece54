using Serverless.Replication;
using static Serverless.Tests.Replication.MemoryCluster;

namespace Serverless.Tests.Replication.Scenarios;

/// <summary>A write that two owners take in at once, each by another way.</summary>
public class TwoOwnersScenarios
{
    // One owner has a row already, and coordinates; meanwhile another takes the insert. They acknowledge, and the first is lost before anybody else has heard of what it knew alone.
    [Fact]
    public void A_token_names_nothing_that_one_owner_can_take_along_with_it() => Scenario.Play(
        async scenario =>
        {
            scenario.Cluster.Options.MaxHints = 0;
            scenario.OnlyDown("r2n1", "r3n1");
            var before = scenario.Near("r1");
            Assert.IsType<WriteResult.Written>(await before.WriteAsync(Key("k"), Intent(before, "before"), new QuorumRules(1, Sloppy: false), CancellationToken.None));
            await scenario.PassAsync(TimeSpan.FromSeconds(3));

            scenario.OnlyDown("r3n1");
            scenario.Cluster.Faults["r1n1"].Way = changes => changes[0] is RowChange.Replace ? scenario.PassAsync(TimeSpan.FromMilliseconds(10)) : Task.CompletedTask;
            scenario.Cluster.Faults["r2n1"].Way = _ => scenario.PassAsync(TimeSpan.FromMilliseconds(5));
            var token = await PutAsync(scenario.Near("r1"), "k", "v");
            Assert.Equal(["before", "v"], scenario.Held("r1n1", "k"));
            Assert.Equal(["v"], scenario.Held("r2n1", "k"));

            scenario.Cluster.Lose("r1n1");
            scenario.OnlyDown();
            await scenario.PassAsync(TimeSpan.FromMinutes(2));
            await scenario.RefillAsync();
            var read = await scenario.Near("r1").ReadAsync(Key("k"), QuorumRules.Default with { AtLeast = token }, CancellationToken.None);
            Assert.Equal(["v"], Values(Assert.IsType<ReadResult.Read>(read).Set));
            await PutAsync(scenario.Near("r2"), "k", "w", token);
            Assert.Equal(["w"], Values(await GetAsync(scenario.Near("r3"), "k", 3)));
        },
        nodesPerRegion: 1, partitions: 1);
}
