using System.Threading.RateLimiting;
using Serverless.Limits;
using Serverless.Tests.Simulation;
using static Serverless.Tests.Limits.LimiterLife;

namespace Serverless.Tests.Limits.Clients;

public class DistributedRateLimiterTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LimitAlgorithmKind.TokenBucket)]
    [InlineData(LimitAlgorithmKind.LeakingBucket)]
    [InlineData(LimitAlgorithmKind.FixedWindow)]
    [InlineData(LimitAlgorithmKind.SlidingWindowLog)]
    [InlineData(LimitAlgorithmKind.SlidingWindowCounter)]
    public void A_retry_is_refused_until_RetryAfter_and_admitted_at_that_tick(LimitAlgorithmKind algorithm) => Run(async life =>
    {
        using var limiter = life.Distributed(Limit(3, algorithm));
        while ((await limiter.AcquireAsync(1, Stop)).IsAcquired)
            Assert.InRange(limiter.GetStatistics()!.TotalSuccessfulLeases, 1, 3);
        using var refused = limiter.AttemptAcquire();
        Assert.False(refused.IsAcquired);

        await life.Delay(RetryAfter(refused) - TimeSpan.FromTicks(1));
        using var tooEarly = await limiter.AcquireAsync(1, Stop);
        Assert.Equal(TimeSpan.FromTicks(1), RetryAfter(tooEarly));
        await life.Delay(TimeSpan.FromTicks(1));
        Assert.True((await limiter.AcquireAsync(1, Stop)).IsAcquired);
    });

    [Fact]
    public void What_is_not_here_is_refused_at_once_and_fetched_for_the_next_attempt() => Run(async life =>
    {
        using var limiter = life.Distributed(PerMinute(100));
        var asked = life.Now;
        using var first = limiter.AttemptAcquire(5);
        Assert.False(first.IsAcquired);
        Assert.Equal("The storage is to be asked first", Reason(first));
        Assert.False(first.TryGetMetadata(MetadataName.RetryAfter, out _));
        Assert.Equal(asked, life.Now);

        await life.Settle();
        Assert.True(limiter.AttemptAcquire(5).IsAcquired);
    });

    [Fact]
    public void Who_attempts_and_then_waits_has_nothing_fetched_ahead() => Run(async life =>
    {
        using var limiter = life.Distributed(Limit(100));
        Assert.False(limiter.AttemptAcquire().IsAcquired);
        Assert.True((await limiter.AcquireAsync(1, Stop)).IsAcquired);
        await life.Delay(TimeSpan.FromSeconds(2));
        Assert.Equal(2, life.Calls);
    });

    [Theory]
    [InlineData(LimitMode.Leased)]
    [InlineData(LimitMode.Exact)]
    public void Who_attempts_and_then_waits_gets_the_last_permit(LimitMode mode) => Run(async life =>
    {
        using var limiter = life.Distributed(Limit(1, but: rule => rule with { Mode = mode }));
        Assert.False(limiter.AttemptAcquire().IsAcquired);
        Assert.True((await limiter.AcquireAsync(1, Stop)).IsAcquired);
    });

    [Fact]
    public void A_refusal_names_its_limit() => Run(async life =>
    {
        using var limiter = life.Distributed(Limit(1));
        Assert.True((await limiter.AcquireAsync(1, Stop)).IsAcquired);
        using var refused = await limiter.AcquireAsync(1, Stop);
        Assert.Equal("The limit gold is used up", Reason(refused));
        Assert.Equal([MetadataName.ReasonPhrase.Name, MetadataName.RetryAfter.Name], refused.MetadataNames);
    });

    [Fact]
    public void A_leaking_bucket_that_delays_lets_each_wait_for_its_turn() => Run(async life =>
    {
        using var limiter = life.Distributed(Limit(5, LimitAlgorithmKind.LeakingBucket, rule => rule with { Delays = true, Mode = LimitMode.Exact }));
        var times = new List<long>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            Assert.True((await limiter.AcquireAsync(1, Stop)).IsAcquired);
            times.Add(life.Now);
        }));
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(0.999).Ticks, "Two came closer than a second apart."));
    });

    [Fact]
    public void More_than_a_limit_ever_gives_is_a_mistake_of_the_caller() => Run(async life =>
    {
        using var limiter = life.Distributed(Limit(10));
        Assert.Equal("permitCount", Assert.Throws<ArgumentOutOfRangeException>(() => limiter.AttemptAcquire(11)).ParamName);
        Assert.Equal("permitCount", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await limiter.AcquireAsync(11, Stop))).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => limiter.AttemptAcquire(-1));
    });

    [Fact]
    public void A_limit_of_nothing_refuses_without_a_time_to_come_again() => Run(async life =>
    {
        using var limiter = life.Distributed(Limit(0));
        using var refused = await limiter.AcquireAsync(1, Stop);
        Assert.False(refused.IsAcquired);
        Assert.False(refused.TryGetMetadata(MetadataName.RetryAfter, out _));
        Assert.False(limiter.AttemptAcquire().IsAcquired);
        Assert.False((await limiter.AcquireAsync(0, Stop)).IsAcquired);
    });

    [Fact]
    public void None_asks_whether_there_is_any_and_uses_nothing() => Run(async life =>
    {
        using var limiter = life.Distributed(Limit(2, LimitAlgorithmKind.FixedWindow));
        Assert.False(limiter.AttemptAcquire(0).IsAcquired);
        Assert.True((await limiter.AcquireAsync(0, Stop)).IsAcquired);
        Assert.True((await limiter.AcquireAsync(1, Stop)).IsAcquired);
        Assert.True(limiter.AttemptAcquire(0).IsAcquired);
        Assert.True((await limiter.AcquireAsync(1, Stop)).IsAcquired);
        using var spent = await limiter.AcquireAsync(0, Stop);
        Assert.InRange(RetryAfter(spent), TimeSpan.FromTicks(1), TimeSpan.FromSeconds(6));
        Assert.False(limiter.AttemptAcquire(0).IsAcquired);
    });

    [Fact]
    public void Other_limits_are_in_force_from_the_next_request_on() => Run(async life =>
    {
        IReadOnlyList<MatchedLimit> limits = [Limit(1)];
        using var limiter = new DistributedRateLimiter(life.Limiter, () => limits);
        Assert.Throws<ArgumentOutOfRangeException>(() => limiter.AttemptAcquire(2));
        limits = [Limit(3)];
        Assert.True((await limiter.AcquireAsync(2, Stop)).IsAcquired);
        limits = [];
        Assert.True(limiter.AttemptAcquire(1_000).IsAcquired);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void When_storage_is_silent_the_rule_decides_within_its_time(bool failOpen) => Run(async life =>
    {
        using var limiter = life.Distributed(Limit(10, but: rule => rule with { FailOpen = failOpen, TimeBudget = TimeSpan.FromMilliseconds(300) }));
        life.Set(Weather.Silent);
        var asked = life.Now;
        using var lease = await limiter.AcquireAsync(1, Stop);
        Assert.Equal(failOpen, lease.IsAcquired);
        Assert.Equal(TimeSpan.FromMilliseconds(300).Ticks, life.Now - asked);
        if (!failOpen)
            Assert.StartsWith("The limit gold cannot be counted", Reason(lease), StringComparison.Ordinal);
    });

    private static string Reason(RateLimitLease lease) => lease.TryGetMetadata(MetadataName.ReasonPhrase, out var reason) ? reason! : "none";

    private static TimeSpan RetryAfter(RateLimitLease lease)
    {
        Assert.False(lease.IsAcquired);
        Assert.True(lease.TryGetMetadata(MetadataName.RetryAfter, out var time));
        return time;
    }
}
