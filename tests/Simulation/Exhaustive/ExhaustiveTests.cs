namespace Serverless.Tests.Simulation.Exhaustive;

public class ExhaustiveTests
{
    [Fact]
    public void No_interleaving_of_quorum_writes_loses_what_was_acknowledged() => AssertHold(QuorumWriteExplorations.Small);

    // Laws that nothing can break prove nothing.
    [Theory]
    [InlineData(nameof(Mutation.ReuseActor))]
    [InlineData(nameof(Mutation.ForgetDot))]
    [InlineData(nameof(Mutation.CountAmnesiac))]
    public void A_broken_rule_of_quorum_writes_is_caught(string mutation) => AssertBroken(QuorumWriteExplorations.Broken(Enum.Parse<Mutation>(mutation)), "is lost");

    private static void AssertHold(IReadOnlyList<Exploring> all) => Assert.All(Exploration.All(all, TestContext.Current.CancellationToken), found =>
    {
        TestContext.Current.TestOutputHelper?.WriteLine(found.ToString());
        Assert.True(found.IsComplete, found.ToString());
    });

    private static void AssertBroken(Exploring rule, string law)
    {
        var found = Explorer.Explore(rule, TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(found.ToString());
        Assert.Contains(found.Broken, broken => broken.Contains(law, StringComparison.Ordinal));
    }
}
