namespace Serverless.Tests.Simulation;

public class KvSimulationTests
{
    private const int Seeds = 1_500;
    private const int SeedsPerMutation = 3_000;

    [Fact]
    public void No_acknowledged_write_is_lost_and_all_replicas_and_trees_become_equal_whatever_one_node_does()
    {
        var broken = Lives.Broken(0, Seeds, seed => KvScenario.Run(seed).Broken);
        Assert.True(broken.Count == 0, $"{broken.Count} broken, among them:\n{string.Join('\n', broken.Take(5))}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run() => Assert.All(Enumerable.Range(0, 10), seed => Assert.Equal(KvScenario.Run(seed).Trace, KvScenario.Run(seed).Trace));

    // Laws that nothing can break prove nothing.
    [Theory]
    [InlineData(nameof(Mutation.DropHint), "is lost")]
    [InlineData(nameof(Mutation.ForgetDot), "is lost")]
    [InlineData(nameof(Mutation.ReuseActor), "names two writes")]
    [InlineData(nameof(Mutation.SkipLogRow), "differ")]
    [InlineData(nameof(Mutation.ForgetPromise), "linearizable")]
    [InlineData(nameof(Mutation.CountAmnesiac), "linearizable")]
    [InlineData(nameof(Mutation.ReapWithoutAge), "has come back")]
    [InlineData(nameof(Mutation.ForgetJointEpoch), "missed a write")]
    public void A_broken_rule_is_caught(string mutation, string law) => TestContext.Current.TestOutputHelper?.WriteLine(
        Lives.UntilBroken(SeedsPerMutation, law, seed => KvScenario.Run(seed, Enum.Parse<Mutation>(mutation)).Broken));
}
