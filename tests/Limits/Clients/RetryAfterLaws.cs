using System.Threading.RateLimiting;
using CsCheck;
using Serverless.Limits;
using static Serverless.Tests.Limits.LimiterLife;

namespace Serverless.Tests.Limits.Clients;

/// <summary>What a refusal foretells comes true, through storage and all: for whoever comes alone.</summary>
public class RetryAfterLaws
{
    private const int Runs = 200;

    // By how much a time that was foretold may be too early: clocks drift apart until the storage's is measured again.
    private const double Drift = 200e-6;

    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private static readonly Gen<(int Seed, LimitRule Rule, (int Gap, int Cost)[] Requests)> Lives = Gen.Select(
        Gen.Int[0, 1_000_000], Rules, Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1_000]).Array[5, 30]);

    private static Gen<LimitRule> Rules => Gen.Select(
        Gen.Long[1, 20], Gen.Long[TimeSpan.TicksPerSecond, 60 * TimeSpan.TicksPerSecond], Gen.Long[1, 30], Gen.Int[1, 200], Gen.Bool, Gen.Bool).Select((limit, window, burst, segments, weighted, exact) =>
            new LimitRule("law", LimitAlgorithmKind.TokenBucket, limit, TimeSpan.FromTicks(window))
            {
                Burst = burst,
                Segments = segments,
                Weighted = weighted,
                Mode = exact ? LimitMode.Exact : LimitMode.Leased,
            });

    [Theory]
    [InlineData(LimitAlgorithmKind.TokenBucket)]
    [InlineData(LimitAlgorithmKind.LeakingBucket)]
    [InlineData(LimitAlgorithmKind.FixedWindow)]
    [InlineData(LimitAlgorithmKind.SlidingWindowLog)]
    [InlineData(LimitAlgorithmKind.SlidingWindowCounter)]
    public void A_check_that_was_refused_is_admitted_at_RetryAfter_and_not_a_tick_before(LimitAlgorithmKind algorithm) => HoldFor(algorithm, (life, limit) =>
    {
        var check = life.Limiter.Prepare([limit]);
        return async cost => await life.Limiter.CheckAsync(check, cost, CancellationToken.None) switch
        {
            LimitVerdict.Admitted => null,
            LimitVerdict.Limited(_, var retryAfter) => retryAfter,
            var other => throw new InvalidOperationException($"{other}"),
        };
    });

    [Theory]
    [InlineData(LimitAlgorithmKind.TokenBucket)]
    [InlineData(LimitAlgorithmKind.LeakingBucket)]
    [InlineData(LimitAlgorithmKind.FixedWindow)]
    [InlineData(LimitAlgorithmKind.SlidingWindowLog)]
    [InlineData(LimitAlgorithmKind.SlidingWindowCounter)]
    public void A_lease_that_was_refused_is_had_at_RetryAfter_and_not_a_tick_before(LimitAlgorithmKind algorithm) => HoldFor(algorithm, (life, limit) =>
    {
        var limiter = life.Distributed(limit);
        return async cost =>
        {
            using var lease = await limiter.AcquireAsync((int)cost);
            return lease.IsAcquired ? null
                : lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter
                : throw new InvalidOperationException($"{lease.GetAllMetadata().First().Value}");
        };
    });

    private static void HoldFor(LimitAlgorithmKind algorithm, Func<LimiterLife, MatchedLimit, Func<long, Task<TimeSpan?>>> asked) => Lives.Sample(
        (seed, rule, requests) => Run(
            life => UnlessLostAsync(async () =>
            {
                var limit = new MatchedLimit("subject", "law", rule with { Algorithm = algorithm });
                await life.WarmUpAsync(limit.Subject);
                var ask = asked(life, limit);
                foreach (var (gap, share) in requests)
                {
                    await life.Delay(GapOf(limit.Rule, gap, share));
                    var cost = gap % 3 == 0 ? 1 + share * (limit.Rule.Capacity - 1) / 1_000 : 1;
                    if (await ask(cost) is not { } wait)
                        continue;
                    if (wait > TimeSpan.Zero)
                    {
                        await life.Delay(wait - Tick);
                        var before = life.Now;
                        Assert.Equal(Tick, await ask(cost));
                        Assert.Equal(before, life.Now);
                        await life.Delay(Tick);
                    }

                    for (var late = await ask(cost); late is { } more; late = await ask(cost))
                    {
                        Assert.InRange(more, TimeSpan.Zero, (wait + StorageClock.Life) * Drift);
                        await life.Delay(more);
                    }
                }
            }),
            seed), iter: Runs);

    // Too many questions for the cluster's membership were lost on the way: that life tells nothing more.
    private static async Task UnlessLostAsync(Func<Task> life)
    {
        try
        {
            await life();
        }
        catch (InvalidOperationException unavailable) when (unavailable.Message.Contains("does not answer", StringComparison.Ordinal))
        {
            TestContext.Current.TestOutputHelper?.WriteLine(unavailable.Message);
        }
    }

    private static TimeSpan GapOf(LimitRule rule, int kind, int share) => kind switch
    {
        < 6 => TimeSpan.Zero,
        < 8 => TimeSpan.FromTicks(share * rule.Window.Ticks / rule.Limit / 1_000),
        _ => TimeSpan.FromTicks(share * rule.Window.Ticks / 1_000),
    };
}
