using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>How far the approximations are from the exact log, for a limit of 100 and arrivals at random. The figures are in the test's output.</summary>
public class DisagreementTests(ITestOutputHelper output)
{
    private const int Requests = 20_000;
    private static readonly LimitRule Log = new("law", LimitAlgorithmKind.SlidingWindowLog, 100, TimeSpan.FromSeconds(10));
    private static readonly LimitRule Counter = Log with { Algorithm = LimitAlgorithmKind.SlidingWindowCounter };

    [Theory]
    [InlineData(0.5, 0.001, 0.001)]
    [InlineData(0.9, 0.02, 0.01)]
    [InlineData(1.0, 0.05, 0.01)]
    [InlineData(2.0, 0.30, 0.02)]
    public void A_counter_of_a_hundred_segments_decides_nearly_as_a_log(double load, double mostWrong, double mostMissing)
    {
        var (wrong, missing) = Compare(Counter, load);
        Assert.InRange(wrong, 0, mostWrong);
        Assert.InRange(missing, 0, mostMissing);
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void A_weighted_counter_of_one_segment_is_near_a_log_on_average(double load)
    {
        var (_, missing) = Compare(Counter with { Weighted = true, Segments = 1 }, load);
        Assert.InRange(missing, -0.05, 0.05);
    }

    // Wrong is what an exact log of the counter's own past would decide otherwise; missing is how much less the counter admits than a log left to itself.
    private (double Wrong, double Missing) Compare(LimitRule rule, double load)
    {
        var (random, at) = (new Random(100), LimitGen.Start);
        var (counter, log, wrong, apart) = (new Meter(rule), new Meter(Log), 0, 0);
        var recent = new Queue<long>();
        for (var i = 0; i < Requests; i++)
        {
            at += (long)(-Math.Log(1 - random.NextDouble()) * rule.Window.Ticks / rule.Limit / load);
            while (recent.TryPeek(out var first) && first <= at - rule.Window.Ticks)
                recent.Dequeue();
            var exact = recent.Count < rule.Limit;
            var allowed = counter.Decide(at, 1).Allowed;
            apart += log.Decide(at, 1).Allowed == allowed ? 0 : 1;
            wrong += exact == allowed ? 0 : 1;
            if (allowed)
                recent.Enqueue(at);
        }

        var missing = 1 - (double)counter.Uses.Count / log.Uses.Count;
        output.WriteLine($"{(rule.Weighted ? "weighted, 1 segment" : "100 segments")}, load {load:P0}: {(double)wrong / Requests:P2} decided otherwise than a log of the same past, {(double)apart / Requests:P2} than a log of its own; "
            + $"{counter.Uses.Count} of {Requests} admitted, by the log {log.Uses.Count} ({missing:P2} less); most in a window {Bounds.MostInWindow(rule, counter.Uses)}");
        return ((double)wrong / Requests, missing);
    }
}
