namespace Serverless.Tests.Simulation;

public class KvSimulationTests
{
    private const int Seeds = 400;

    [Fact]
    public void No_acknowledged_write_is_lost_whatever_one_node_does()
    {
        var broken = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.For(0, Seeds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            try
            {
                foreach (var law in KvScenario.Run(seed).Broken)
                    broken.Add($"seed {seed}: {law}");
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                broken.Add($"seed {seed}: {failure}");
            }
        });
        Assert.True(broken.IsEmpty, $"{broken.Count} broken, among them:\n{string.Join('\n', broken.Order().Take(5))}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run() => Assert.All(Enumerable.Range(0, 10), seed => Assert.Equal(KvScenario.Run(seed).Trace, KvScenario.Run(seed).Trace));
}
