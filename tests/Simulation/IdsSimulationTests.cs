namespace Serverless.Tests.Simulation;

public class IdsSimulationTests
{
    private const int Seeds = 2_000;
    private const int SeedsPerMutation = 600;

    [Fact]
    public void No_id_is_issued_twice_and_each_generator_only_goes_up_whatever_clocks_instances_and_nodes_do()
    {
        var broken = Lives.Broken(0, Seeds, seed => IdsScenario.Run(seed).Broken);
        Assert.True(broken.Count == 0, $"{broken.Count} broken, among them:\n{string.Join('\n', broken.Take(5))}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run() => Assert.All(Enumerable.Range(0, 10), seed => Assert.Equal(IdsScenario.Run(seed).Trace, IdsScenario.Run(seed).Trace));

    // Laws that nothing can break prove nothing.
    [Theory]
    [InlineData(nameof(Mutation.ForgetReservation), "side by side")]
    [InlineData(nameof(Mutation.TrustLostAnswer), "was issued twice")]
    [InlineData(nameof(Mutation.DropMark), "side by side")]
    [InlineData(nameof(Mutation.DropMark), "ticket")]
    public void A_broken_rule_is_caught(string mutation, string law) => TestContext.Current.TestOutputHelper?.WriteLine(
        Lives.UntilBroken(SeedsPerMutation, law, seed => IdsScenario.Run(seed, Enum.Parse<Mutation>(mutation)).Broken));
}
