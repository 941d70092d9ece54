namespace Serverless.Tests.Simulation;

public class ClusterSimulationTests
{
    private const int Seeds = 1_000;
    private const int SeedsPerMutation = 600;

    [Fact]
    public void The_memberships_in_force_are_one_chain_and_no_change_is_lost_whatever_changers_and_nodes_do()
    {
        var broken = Lives.Broken(0, Seeds, seed => ClusterScenario.Run(seed).Broken);
        Assert.True(broken.Count == 0, $"{broken.Count} broken, among them:\n{string.Join('\n', broken.Take(5))}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run() =>
        Assert.All(Enumerable.Range(0, 10), seed => Assert.Equal(ClusterScenario.Run(seed).Trace, ClusterScenario.Run(seed).Trace));

    // Laws that nothing can break prove nothing: a node that forgot and is believed all the same breaks them.
    [Fact]
    public void A_node_that_is_believed_although_it_forgot_is_caught() => TestContext.Current.TestOutputHelper?.WriteLine(
        Lives.UntilBroken(SeedsPerMutation, "in force", seed => ClusterScenario.Run(seed, forgetsWithoutLoss: true).Broken));
}
