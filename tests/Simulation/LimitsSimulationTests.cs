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
    [InlineData(LimitAlgorithmKind.SlidingWindowCounter, 1, 500)]
    [InlineData(LimitAlgorithmKind.SlidingWindowCounter, 8, 500)]
    [InlineData(LimitAlgorithmKind.TokenBucket, 8, 500)]
    [InlineData(LimitAlgorithmKind.LeakingBucket, 8, 500)]
    [InlineData(LimitAlgorithmKind.FixedWindow, 8, 500)]
    [InlineData(LimitAlgorithmKind.SlidingWindowLog, 8, 500)]
    [InlineData(LimitAlgorithmKind.SlidingWindowCounter, 2, 3_000)]
    [InlineData(LimitAlgorithmKind.SlidingWindowCounter, 8, 3_000)]
    [InlineData(LimitAlgorithmKind.TokenBucket, 8, 3_000)]
    [InlineData(LimitAlgorithmKind.FixedWindow, 8, 3_000)]
    public void Of_a_steady_demand_97_percent_of_the_limit_is_admitted(LimitAlgorithmKind algorithm, int instances, long limit)
    {
        var all = Enumerable.Range(1, 3).Select(seed => LimitsDemand.Run(algorithm, instances, seed, limit, windows: limit > 500 ? 3 : 8)).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{algorithm}, {instances} instances, limit {limit}: {all.Min(met => met.Share):P1} to {all.Max(met => met.Share):P1} of the limit; {all.Max(met => met.Unavailable):P1} unavailable, {all.Max(met => met.Calls):F2} storage calls for each request");
        Assert.All(all, met => Assert.True(met is { Share: >= 0.97, Unavailable: <= 0.02 }, $"{met}"));
    }

    [Theory]
    [InlineData(LimitAlgorithmKind.SlidingWindowCounter)]
    [InlineData(LimitAlgorithmKind.TokenBucket)]
    public void A_subject_that_sixty_instances_want_is_answered_in_time_once_it_is_divided(LimitAlgorithmKind algorithm)
    {
        var never = new SplitTerms(8, 75, double.MaxValue, TimeSpan.FromMinutes(1));
        var (whole, divided) = (LimitsDemand.Run(algorithm, 60, 1, 6_000, 2, never), LimitsDemand.Run(algorithm, 60, 1, 6_000, 2));
        TestContext.Current.TestOutputHelper?.WriteLine($"{algorithm}, 60 instances: whole {whole}, divided {divided}");
        Assert.True(divided.Share >= 0.9 && divided.Unavailable < whole.Unavailable / 4, $"{divided} against {whole}");
    }
}
