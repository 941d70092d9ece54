using Serverless.Replication;
using static Serverless.Tests.Replication.MemoryCluster;

namespace Serverless.Tests.Replication.Scenarios;

/// <summary>A region lost its storage and has it back, empty.</summary>
public class RefillScenarios
{
    [Fact]
    public void Nodes_that_were_lost_together_vote_again_after_one_run_with_all_they_had() => Scenario.Play(async scenario =>
    {
        string[] keys = [.. Enumerable.Range(0, 8).Select(i => $"k{i}")];
        foreach (var key in keys)
            await PutAsync(scenario.Near("r2"), key, "value", needed: 3);

        string[] lost = [.. scenario.Cluster.Document.Nodes.Where(node => node.Region == "r1").Select(node => node.Id)];
        foreach (var node in lost)
            scenario.Cluster.Lose(node);
        await scenario.Cluster.Jobs("r2").RefillAsync();

        Assert.Equal(2, lost.Length);
        Assert.All(scenario.Cluster.Document.Nodes, node => Assert.Equal(MemberState.Member, node.State));
        foreach (var key in keys)
            Assert.All(scenario.Cluster.Owners(Key(key)), owner => Assert.Equal(["value"], scenario.Held(owner, key)));
    });
}
