using System.Diagnostics;
using System.Globalization;
using Serverless.Limits;

namespace Serverless.Bench.Limits;

/// <summary>The first request of a subject that nobody knows yet: what it waits for, and how often storage is asked.</summary>
internal static class ColdCost
{
    private const int Subjects = 200;

    public static async Task PrintAsync(Limiter limiter, LimitsMetrics metrics)
    {
        await limiter.CheckAsync(limiter.Prepare(LimitsBench.Endless("first")), 1, CancellationToken.None);
        var times = new double[Subjects];
        var before = metrics.Calls;
        for (var i = 0; i < Subjects; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await limiter.CheckAsync(limiter.Prepare(LimitsBench.Endless($"cold{i}")), 1, CancellationToken.None);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"a subject's first request: {(metrics.Calls - before) / (double)Subjects:0.0} storage calls, p50 {times[Subjects / 2]:0.0} ms, p99 {times[Subjects * 99 / 100]:0.0} ms"));
    }
}
