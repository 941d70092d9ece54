using Microsoft.Extensions.DependencyInjection;
using Serverless.Limits;
using Serverless.Local.Cloud;
using Serverless.Local.Head;

namespace Serverless.Bench.Limits;

/// <summary><c>bench limits</c>: what a decision costs, beside .NET's own limiter in one process and beside a script in Redis, and how often storage is asked.</summary>
internal static class LimitsBench
{
    public static async Task<int> RunAsync(string[] args)
    {
        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Port = 0, InMemory = true });
        await using var head = await CloudHead.StartAsync(cloud, 0, null, CancellationToken.None);
        var (limiter, metrics) = (head.Services.GetRequiredService<Limiter>(), head.Services.GetRequiredService<LimitsMetrics>());
        var ratios = new Ratios();
        await ColdCost.PrintAsync(limiter, metrics);
        await DecisionCost.MeasureAsync(limiter, metrics, ratios);
        await BesideRedis.MeasureAsync(limiter, ratios);
        return ratios.ExitCode;
    }

    /// <summary>A limit that is never reached, of a subject of its own.</summary>
    public static MatchedLimit[] Endless(string subject) =>
        [new MatchedLimit($"bench|{subject}", "endless", new LimitRule("endless", LimitAlgorithmKind.TokenBucket, 1_000_000_000, TimeSpan.FromSeconds(10)))];
}
