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

    [Fact]
    public void No_interleaving_of_strict_operations_is_not_linearizable() => AssertHold(StrictExplorations.Small);

    [Theory]
    [InlineData(nameof(Mutation.ForgetPromise))]
    [InlineData(nameof(Mutation.CountAmnesiac))]
    public void A_broken_rule_of_strict_operations_is_caught(string mutation) => AssertBroken(StrictExplorations.Broken(Enum.Parse<Mutation>(mutation)), "is not linearizable");

    [Fact]
    public void No_interleaving_with_the_reaper_loses_a_write_or_brings_back_what_was_deleted() => AssertHold(ReapExplorations.Small);

    [Fact]
    public void A_reaper_that_asks_for_no_age_is_caught() => AssertBroken(ReapExplorations.Broken(Mutation.ReapWithoutAge), "has come back");

    [Fact]
    public void No_interleaving_with_a_change_of_membership_loses_a_write() => AssertHold(MoveExplorations.Small);

    [Fact]
    public void Operations_that_forget_the_joint_epoch_are_caught() => AssertBroken(MoveExplorations.Broken(Mutation.ForgetJointEpoch), "missed a write");

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
