using CsCheck;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>A leaking bucket that delays: requests of cost 1 leave it one by one.</summary>
public class LeakingQueueLaws
{
    private static readonly Gen<(LimitRule Rule, (long At, long Cost)[] Requests)> Runs =
        LimitGen.Runs(LimitGen.Rules(LimitAlgorithmKind.LeakingBucket, delays: true), most: 80);

    [Fact]
    public void What_leaves_the_queue_is_evenly_spaced_to_a_tick() => Runs.Sample((rule, requests) =>
    {
        var left = Leave(rule, requests).Select(r => r.Left).ToList();
        return left.Zip(left.Skip(1)).All(pair => (Int128)(pair.Second - pair.First + 1) * rule.Limit > rule.Window.Ticks);
    }, iter: 1_500);

    [Fact]
    public void At_most_one_more_than_the_rate_leaves_the_queue_in_any_span() => Runs.Sample((rule, requests) =>
    {
        var left = Leave(rule, requests).Select(r => r.Left).ToList();
        return left.Index().All(first => left.Index().Skip(first.Index).All(last =>
            (Int128)(last.Index - first.Index) * rule.Window.Ticks <= (Int128)(last.Item - first.Item + 1) * rule.Limit));
    }, iter: 500);

    [Fact]
    public void The_queue_is_never_longer_than_its_burst() => Runs.Sample((rule, requests) =>
    {
        var all = Leave(rule, requests);
        return all.All(r => all.Count(other => other.At <= r.At && other.Left > r.At) <= rule.Burst);
    }, iter: 500);

    [Fact]
    public void A_request_waits_no_longer_than_those_before_it_take() => Runs.Sample((rule, requests) =>
    {
        var free = 0L;
        foreach (var (at, left) in Leave(rule, requests))
        {
            if (left > Math.Max(at, free + Interval(rule)))
                return false;
            free = left;
        }

        return true;
    }, iter: 1_500);

    [Fact]
    public void Only_a_leaking_bucket_that_delays_tells_a_request_to_wait() => LimitGen.Runs(LimitGen.AnyRule).Sample((rule, requests) =>
    {
        var meter = new Meter(rule);
        return requests.All(r => meter.Decide(r.At, r.Cost).Delay is var delay && delay >= 0 && (delay == 0 || rule.Delays));
    }, iter: 500);

    private static long Interval(LimitRule rule) => (rule.Window.Ticks + rule.Limit - 1) / rule.Limit;

    private static List<(long At, long Left)> Leave(LimitRule rule, (long At, long Cost)[] requests)
    {
        var (meter, left) = (new Meter(rule), new List<(long At, long Left)>());
        foreach (var (at, _) in requests)
        {
            if (meter.Decide(at, 1) is { Allowed: true } decision)
                left.Add((at, at + decision.Delay));
        }

        return left;
    }
}
