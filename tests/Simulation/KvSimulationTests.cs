using System.Collections.Concurrent;

namespace Serverless.Tests.Simulation;

public class KvSimulationTests
{
    private const int Seeds = 2_000;
    private const int SeedsPerMutation = 300;

    [Fact]
    public void No_acknowledged_write_is_lost_and_all_replicas_and_trees_become_equal_whatever_one_node_does()
    {
        var broken = Live(0, Seeds, Mutation.None);
        Assert.True(broken.IsEmpty, $"{broken.Count} broken, among them:\n{string.Join('\n', broken.Order().Take(5))}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run() => Assert.All(Enumerable.Range(0, 10), seed => Assert.Equal(KvScenario.Run(seed).Trace, KvScenario.Run(seed).Trace));

    // Laws that nothing can break prove nothing.
    [Theory]
    [InlineData(nameof(Mutation.DropHint), "is lost")]
    [InlineData(nameof(Mutation.ForgetDot), "is lost")]
    [InlineData(nameof(Mutation.ReuseActor), "names two writes")]
    [InlineData(nameof(Mutation.SkipLogRow), "differ")]
    public void A_broken_rule_is_caught(string mutation, string law)
    {
        for (var seed = 0; seed < SeedsPerMutation; seed += 20)
        {
            var broken = Live(seed, 20, Enum.Parse<Mutation>(mutation)).Where(b => b.Contains(law, StringComparison.Ordinal)).Order().ToList();
            if (broken.Count == 0)
                continue;
            TestContext.Current.TestOutputHelper?.WriteLine(broken[0]);
            return;
        }

        Assert.Fail($"{mutation}: {SeedsPerMutation} lives and nobody noticed.");
    }

    private static ConcurrentBag<string> Live(int first, int seeds, Mutation mutation)
    {
        var broken = new ConcurrentBag<string>();
        Parallel.For(first, first + seeds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            try
            {
                foreach (var law in KvScenario.Run(seed, mutation).Broken)
                    broken.Add($"seed {seed}: {law}");
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                broken.Add($"seed {seed}: {failure}");
            }
        });
        return broken;
    }
}
