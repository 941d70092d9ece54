using Serverless.Limits;

namespace Serverless.Tests.Simulation;

public class LimitsSimulationTests
{
    private const int Seeds = 1_000;
    private const int SeedsPerMutation = 600;

    [Fact]
    public void No_limit_is_ever_exceeded_whatever_clocks_instances_and_nodes_do()
    {
        var broken = Lives.Broken(0, Seeds, seed => LimitsScenario.Run(seed).Broken);
        Assert.True(broken.Count == 0, $"{broken.Count} broken, among them:\n{string.Join('\n', broken.Take(5))}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run() => Assert.All(Enumerable.Range(0, 10), seed => Assert.Equal(LimitsScenario.Run(seed).Trace, LimitsScenario.Run(seed).Trace));

    // Laws that nothing can break prove nothing.
    [Theory]
    [InlineData(nameof(Mutation.ForgetHold))]
    [InlineData(nameof(Mutation.TrustLostCount))]
    [InlineData(nameof(Mutation.ForgetPart))]
    [InlineData(nameof(Mutation.ForgetOpening))]
    public void A_broken_rule_is_caught(string mutation) => TestContext.Current.TestOutputHelper?.WriteLine(
        Lives.UntilBroken(SeedsPerMutation, "admitted within", seed => LimitsScenario.Run(seed, Enum.Parse<Mutation>(mutation)).Broken));

    [Theory]
    [InlineData(LimitAlgorithmKind.SlidingWindowCounter, 1)]
    [InlineData(LimitAlgorithmKind.SlidingWindowCounter, 8)]
    [InlineData(LimitAlgorithmKind.TokenBucket, 8)]
    [InlineData(LimitAlgorithmKind.LeakingBucket, 8)]
    [InlineData(LimitAlgorithmKind.FixedWindow, 8)]
    [InlineData(LimitAlgorithmKind.SlidingWindowLog, 8)]
    public void Of_a_steady_demand_97_percent_of_the_limit_is_admitted(LimitAlgorithmKind algorithm, int instances)
    {
        var shares = Enumerable.Range(1, 3).Select(seed => LimitsDemand.Run(algorithm, instances, seed).Share).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{algorithm}, {instances} instances: {shares.Min():P1} to {shares.Max():P1} of the limit");
        Assert.All(shares, share => Assert.True(share >= 0.97, $"{share:P1}"));
    }

    [Theory]
    [InlineData(LimitAlgorithmKind.SlidingWindowCounter)]
    [InlineData(LimitAlgorithmKind.TokenBucket)]
    public void A_hot_subject_is_served_better_in_parts(LimitAlgorithmKind algorithm)
    {
        var never = new SplitTerms(8, 50, double.MaxValue, TimeSpan.FromMinutes(1));
        var (whole, divided) = (LimitsDemand.Run(algorithm, 60, 1, 6_000, 2, never), LimitsDemand.Run(algorithm, 60, 1, 6_000, 2));
        TestContext.Current.TestOutputHelper?.WriteLine($"{algorithm}, 60 instances: whole {whole}, divided {divided}");
        Assert.True(divided.Share > whole.Share, $"{divided} against {whole}");
    }
}
