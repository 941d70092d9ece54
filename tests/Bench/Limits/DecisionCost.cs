using System.Diagnostics;
using System.Globalization;
using System.Threading.RateLimiting;
using Serverless.Limits;

namespace Serverless.Bench.Limits;

/// <summary>
/// One decision on a hot subject, in turns: .NET's TokenBucketRateLimiter, which counts for one process and is filled by its timer, and ours, which counts for all and takes its tokens from the storage
/// while it goes on.
/// </summary>
internal static class DecisionCost
{
    private const int Rounds = 9;
    private const int Decisions = 2_000_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public static async Task MeasureAsync(Limiter limiter, LimitsMetrics metrics, Ratios ratios)
    {
        await using var dotnet = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = int.MaxValue,
            TokensPerPeriod = int.MaxValue,
            ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
            AutoReplenishment = true,
        });
        var limits = LimitsBench.Endless("hot");
        await using var ours = new DistributedRateLimiter(limiter, limits);
        await WarmAsync(ours);

        var (theirs, leased, refused) = (new List<double>(), new List<double>(), 0);
        var calls = metrics.Calls;
        for (var round = 0; round < Rounds; round++)
        {
            theirs.Add(Run(dotnet, ref refused));
            refused = 0;
            leased.Add(Run(ours, ref refused));
        }

        calls = metrics.Calls - calls;
        var checks = Prepared(limiter, limits);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ns per decision: TokenBucketRateLimiter {Median(theirs):0.0}, ours {Median(leased):0.0} ({refused} of the last {Decisions} not held here), with limits resolved anew {checks:0.0}; {calls} storage calls for {Rounds * Decisions} decisions"));
        ratios.AtMost("limits.leased.vs.tokenbucket", Median(leased) / Median(theirs), 3);
        ratios.AtMost("limits.storage.calls.per.decision", calls / (double)(Rounds * Decisions), 0.01);
    }

    private static async Task WarmAsync(DistributedRateLimiter ours)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUp;)
        {
            using var lease = await ours.AcquireAsync(1);
        }
    }

    private static double Run(RateLimiter limiter, ref int refused)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Decisions; i++)
        {
            using var lease = limiter.AttemptAcquire(1);
            refused += lease.IsAcquired ? 0 : 1;
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / Decisions;
    }

    private static double Prepared(Limiter limiter, MatchedLimit[] limits)
    {
        const int Some = Decisions / 10;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Some; i++)
            limiter.TryCheck(limiter.Prepare(limits), 1);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / Some;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
