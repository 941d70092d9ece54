using Serverless.Limits;

namespace Serverless.Tests.Simulation;

/// <summary>Instances that share one limit per 10 s under a steady demand of 1.2 times that, spread evenly over them, in fair weather: storage takes 1 to 20 ms each way.</summary>
internal static class LimitsDemand
{
    private const double Overload = 1.2;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>What became of the demand after the first window.</summary>
    /// <param name="algorithm">Of the limit.</param>
    /// <param name="instances">Among which the demand is spread.</param>
    /// <param name="seed">Decides everything.</param>
    /// <param name="limit">Per window.</param>
    /// <param name="windows">How long it goes on.</param>
    /// <param name="split">When the subject is divided; null for when it is in Azure.</param>
    public static DemandMet Run(LimitAlgorithmKind algorithm, int instances, int seed, long limit = 500, int windows = 8, SplitTerms? split = null)
    {
        var simulator = new Simulator(seed);
        var (admitted, unavailable, asked, calls) = (0, 0, 0, 0L);
        simulator.Run(async () =>
        {
            var cluster = new SimulatedCluster(simulator, instances, 1, 10_000, Mutation.None);
            await cluster.SettleAsync();
            var rule = new LimitRule("r", algorithm, limit, Window) { Burst = limit / 10 };
            var matched = new MatchedLimit("subject", "limit", rule);
            var from = simulator.Time.GetTimestamp() + Window.Ticks;
            await Task.WhenAll(Enumerable.Range(0, instances).Select(async number =>
            {
                var instance = new LimitsInstance(number, cluster, simulator, split);
                var pending = new List<Task>();
                var gap = Window / (limit * Overload / instances);
                while (simulator.Time.GetTimestamp() < from + windows * Window.Ticks)
                {
                    await simulator.Delay(gap * (0.5 + simulator.Random.NextDouble()));
                    pending.Add(AskAsync(instance.Limiter));
                }

                await Task.WhenAll(pending);
                calls += instance.Metrics.Calls;
            }));

            async Task AskAsync(Limiter limiter)
            {
                var isCounted = simulator.Time.GetTimestamp() >= from && simulator.Time.GetTimestamp() < from + windows * Window.Ticks;
                var verdict = await limiter.CheckAsync(limiter.Prepare([matched]), 1, CancellationToken.None);
                if (!isCounted)
                    return;
                asked++;
                admitted += verdict is LimitVerdict.Admitted ? 1 : 0;
                unavailable += verdict is LimitVerdict.Unavailable ? 1 : 0;
            }
        });
        return new DemandMet(admitted / (double)(limit * windows), unavailable / (double)asked, calls / (double)asked);
    }
}

/// <param name="Share">What was admitted, of what the limit allows.</param>
/// <param name="Unavailable">Requests that could not be decided in time, of all.</param>
/// <param name="Calls">Of the storage, for each request.</param>
internal readonly record struct DemandMet(double Share, double Unavailable, double Calls);
