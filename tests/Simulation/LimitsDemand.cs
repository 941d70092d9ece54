using Serverless.Limits;

namespace Serverless.Tests.Simulation;

/// <summary>Instances that share one limit of 500 per 10 s under a steady demand of 1.2 times that, spread evenly over them, in fair weather: storage takes 1 to 20 ms each way.</summary>
internal static class LimitsDemand
{
    private const int Limit = 500;
    private const int Windows = 8;
    private const double Overload = 1.2;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>What was admitted, as a share of what the limit allows, after the first window.</summary>
    public static double Run(LimitAlgorithmKind algorithm, int instances, int seed)
    {
        var simulator = new Simulator(seed);
        var admitted = 0;
        simulator.Run(async () =>
        {
            var cluster = new SimulatedCluster(simulator, instances, 1, 10_000, Mutation.None);
            await cluster.SettleAsync();
            var rule = new LimitRule("r", algorithm, Limit, Window) { Burst = Limit / 10 };
            var limit = new MatchedLimit("subject", "limit", rule);
            var from = simulator.Time.GetTimestamp() + Window.Ticks;
            await Task.WhenAll(Enumerable.Range(0, instances).Select(async number =>
            {
                var limiter = new LimitsInstance(number, cluster, simulator).Limiter;
                var pending = new List<Task>();
                var gap = Window / (Limit * Overload / instances);
                while (simulator.Time.GetTimestamp() < from + Windows * Window.Ticks)
                {
                    await simulator.Delay(gap * (0.5 + simulator.Random.NextDouble()));
                    pending.Add(AskAsync(limiter));
                }

                await Task.WhenAll(pending);
            }));

            async Task AskAsync(Limiter limiter)
            {
                var isCounted = simulator.Time.GetTimestamp() >= from && simulator.Time.GetTimestamp() < from + Windows * Window.Ticks;
                if (await limiter.CheckAsync(limiter.Prepare([limit]), 1, CancellationToken.None) is LimitVerdict.Admitted && isCounted)
                    admitted++;
            }
        });
        return admitted / (double)(Limit * Windows);
    }
}
