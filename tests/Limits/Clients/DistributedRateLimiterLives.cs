using System.Threading.RateLimiting;
using Serverless.Limits;
using Serverless.Tests.Simulation;
using static Serverless.Tests.Limits.LimiterLife;

namespace Serverless.Tests.Limits.Clients;

/// <summary>What .NET's managers of limiters rely on: counts, idle times, disposal, no garbage.</summary>
public class DistributedRateLimiterLives
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Statistics_count_leases_and_what_is_left() => Run(async life =>
    {
        using var limiter = life.Distributed(Limit(3, LimitAlgorithmKind.FixedWindow), Limit(50, LimitAlgorithmKind.SlidingWindowCounter));
        for (var i = 0; i < 2; i++)
            Assert.True((await limiter.AcquireAsync(1, Stop)).IsAcquired);
        Assert.Equal(1, limiter.GetStatistics()!.CurrentAvailablePermits);
        Assert.True((await limiter.AcquireAsync(1, Stop)).IsAcquired);
        Assert.False((await limiter.AcquireAsync(1, Stop)).IsAcquired);
        Assert.False(limiter.AttemptAcquire().IsAcquired);
        var waiting = limiter.AcquireAsync(0, Stop);
        Assert.Equal((3L, 2L, 0L, 1L), Counts(limiter));
        await waiting;
        Assert.Equal((3L, 3L, 0L, 0L), Counts(limiter));
    });

    [Fact]
    public void It_is_idle_from_when_nobody_asks() => Run(async life =>
    {
        using var limiter = life.Distributed(Limit(3));
        var waiting = limiter.AcquireAsync(1, Stop);
        Assert.Null(limiter.IdleDuration);
        await waiting;
        Assert.Equal(TimeSpan.Zero, limiter.IdleDuration);
        await life.Delay(TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), limiter.IdleDuration);
        await limiter.AcquireAsync(1, Stop);
        Assert.Equal(TimeSpan.Zero, limiter.IdleDuration);
    });

    [Fact]
    public void Disposal_refuses_who_waits_and_throws_at_who_comes_later() => Run(async life =>
    {
        var limiter = life.Distributed(Limit(3));
        life.Set(Weather.Silent);
        var waiting = limiter.AcquireAsync(1, Stop);
        limiter.AttemptAcquire();
        limiter.Dispose();
        limiter.Dispose();
        Assert.False((await waiting).IsAcquired);
        Assert.Throws<ObjectDisposedException>(() => limiter.AttemptAcquire());
        Assert.Throws<ObjectDisposedException>(() => limiter.GetStatistics());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await limiter.AcquireAsync(1, Stop));
    });

    [Fact]
    public void Who_gives_up_hears_so_by_his_own_token() => Run(async life =>
    {
        using var limiter = life.Distributed(Limit(3));
        using var enough = new CancellationTokenSource();
        life.Set(Weather.Silent);
        var waiting = limiter.AcquireAsync(1, enough.Token);
        enough.Cancel();
        Assert.Equal(enough.Token, (await Assert.ThrowsAsync<OperationCanceledException>(async () => await waiting)).CancellationToken);
        Assert.Equal(0, limiter.GetStatistics()!.CurrentQueuedCount);
    });

    [Fact]
    public void Requests_that_find_tokens_here_leave_no_garbage() => Run(async life =>
    {
        const int Requests = 10_000;
        using var limiter = life.Distributed(PerMinute(1_000_000));
        limiter.AttemptAcquire(100_000);
        await life.Settle();
        var check = life.Limiter.Prepare([PerMinute(1_000_000)]);
        Assert.Equal(0, Allocated(() => life.Limiter.TryCheck(check, 1) is LimitVerdict.Admitted));
        Assert.Equal(0, Allocated(() => limiter.AttemptAcquire().IsAcquired));
        Assert.Equal(0, Allocated(() => IsAcquired(limiter.AcquireAsync(1, Stop))));

        static bool IsAcquired(ValueTask<RateLimitLease> lease) => lease.IsCompletedSuccessfully && lease.Result.IsAcquired;

        static long Allocated(Func<bool> request)
        {
            Assert.True(request());
            var (before, admitted) = (GC.GetAllocatedBytesForCurrentThread(), 0);
            for (var i = 0; i < Requests; i++)
                admitted += request() ? 1 : 0;
            var after = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(Requests, admitted);
            return after - before;
        }
    });

    [Fact]
    public void Partitions_of_dotnet_are_subjects_of_ours() => Run(async life =>
    {
        await using var partitioned = PartitionedRateLimiter.Create<string, string>(user => RateLimitPartition.Get(
            user, _ => life.Distributed(new MatchedLimit(user, "requests", new LimitRule("requests", LimitAlgorithmKind.FixedWindow, 2, TimeSpan.FromSeconds(5))))));
        foreach (var user in (string[])["ann", "ann", "bob"])
            Assert.True((await partitioned.AcquireAsync(user, 1, Stop)).IsAcquired);
        Assert.False((await partitioned.AcquireAsync("ann", 1, Stop)).IsAcquired);
        Assert.True((await partitioned.AcquireAsync("bob", 1, Stop)).IsAcquired);
    });

    [Fact]
    public void Two_of_one_subject_share_its_limit() => Run(async life =>
    {
        using var one = life.Distributed(Limit(4, LimitAlgorithmKind.SlidingWindowLog));
        using var other = life.Distributed(Limit(4, LimitAlgorithmKind.SlidingWindowLog));
        var leases = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? one : other).AcquireAsync(1, Stop).AsTask()));
        Assert.Equal(4, leases.Count(lease => lease.IsAcquired));
    });

    private static (long Admitted, long Refused, long Available, long Waiting) Counts(DistributedRateLimiter limiter)
    {
        var statistics = limiter.GetStatistics()!;
        return (statistics.TotalSuccessfulLeases, statistics.TotalFailedLeases, statistics.CurrentAvailablePermits, statistics.CurrentQueuedCount);
    }
}
