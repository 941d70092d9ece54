using Serverless.Limits;
using Serverless.Tests.Simulation;
using static Serverless.Tests.Limits.LimiterLife;

namespace Serverless.Tests.Limits;

/// <summary>What is decided while the homes of subjects do not answer.</summary>
public class FailureTests
{
    private const int Budget = 250;

    [Theory]
    [InlineData(nameof(Weather.Silent), false)]
    [InlineData(nameof(Weather.Silent), true)]
    [InlineData(nameof(Weather.Down), false)]
    [InlineData(nameof(Weather.Down), true)]
    public void A_rule_refuses_or_admits_as_it_says_and_within_its_time(string weather, bool isOpen) => Run(async life =>
    {
        await life.WarmUpAsync("subject");
        life.Set(Enum.Parse<Weather>(weather));
        var check = life.Limiter.Prepare([Hard(10, isOpen)]);
        var asked = life.Now;
        var verdict = await life.Limiter.CheckAsync(check, 1, CancellationToken.None);
        Assert.Equal(isOpen, verdict is LimitVerdict.Admitted);
        Assert.Equal(!isOpen, verdict is LimitVerdict.Unavailable);
        Assert.InRange(life.Now - asked, weather == nameof(Weather.Silent) ? Budget * TimeSpan.TicksPerMillisecond : 0, Budget * TimeSpan.TicksPerMillisecond);
    });

    [Fact]
    public void Of_several_rules_the_closed_one_decides() => Run(async life =>
    {
        await life.WarmUpAsync("subject");
        life.Set(Weather.Down);
        var closed = Hard(10, isOpen: false);
        var verdict = await life.Limiter.CheckAsync(life.Limiter.Prepare([Hard(10, isOpen: true), closed]), 1, CancellationToken.None);
        Assert.Equal(closed.Rule, Assert.IsType<LimitVerdict.Unavailable>(verdict).By);
    });

    [Theory]
    [InlineData(LimitMode.Soft, false)]
    [InlineData(LimitMode.Leased, true)]
    public void A_soft_rule_and_a_shadow_refuse_nobody(LimitMode mode, bool isShadow) => Run(async life =>
    {
        life.Set(Weather.Down);
        var check = life.Limiter.Prepare([Limit(100, LimitAlgorithmKind.SlidingWindowCounter, rule => rule with { Mode = mode, Shadow = isShadow })]);
        for (var i = 0; i < 50; i++)
            Assert.IsType<LimitVerdict.Admitted>(await life.Limiter.CheckAsync(check, 1, CancellationToken.None));
    });

    [Fact]
    public void When_the_home_answers_again_it_counts_on() => Run(async life =>
    {
        await life.WarmUpAsync("subject");
        var exact = Hard(10, isOpen: false);
        var check = life.Limiter.Prepare([exact with { Rule = exact.Rule with { Mode = LimitMode.Exact } }]);
        Assert.Equal(6, await AdmittedAsync(life, life.Limiter, check, 6));
        life.Set(Weather.Down);
        Assert.Equal(0, await AdmittedAsync(life, life.Limiter, check, 5));
        life.Set(Weather.Fair);

        // Nodes that were down are tried again by and by.
        await life.Delay(TimeSpan.FromSeconds(10));
        Assert.Equal(4, await AdmittedAsync(life, life.Limiter, check, 20));
    });

    [Fact]
    public void What_an_instance_held_when_it_was_gone_counts_for_one_window_and_no_longer() => Run(async life =>
    {
        await life.WarmUpAsync("subject");
        var limit = new MatchedLimit("subject", "limit", new LimitRule("limit", LimitAlgorithmKind.SlidingWindowCounter, 100, TimeSpan.FromSeconds(30)));
        var (here, there) = (life.Limiter.Prepare([limit]), life.Other.Prepare([limit]));
        while (here.Parts[0].Limits[0].Tokens < 10)
            Assert.IsType<LimitVerdict.Admitted>(await life.Limiter.CheckAsync(here, 1, CancellationToken.None));
        life.Isolate();
        await life.Delay(TimeSpan.FromMilliseconds(100));
        var remaining = (await StandingAsync(life, there)).Remaining;
        Assert.InRange(remaining, 1, 90);
        await life.Delay(TimeSpan.FromSeconds(3));
        Assert.Equal(remaining, (await StandingAsync(life, there)).Remaining);
        await life.Delay(TimeSpan.FromSeconds(31));
        Assert.Equal(100, await AdmittedAsync(life, life.Other, there, 120));
    });

    [Fact]
    public void What_is_not_used_is_anybodys_within_a_second_or_two() => Run(async life =>
    {
        await life.WarmUpAsync("subject");
        var (here, there) = (life.Limiter.Prepare([Hard(100, false)]), life.Other.Prepare([Hard(100, false)]));
        life.Limiter.Prefetch(here, 60);
        await life.Delay(TimeSpan.FromMilliseconds(60));
        Assert.InRange(here.Parts[0].Limits[0].Tokens, 60, 100);
        var others = await AdmittedAsync(life, life.Other, there, 50);
        Assert.InRange(others, 1, 40);
        await life.Delay(TimeSpan.FromSeconds(2));
        Assert.Equal(100, others + await AdmittedAsync(life, life.Other, there, 100));
    }, seed: 3);

    private static MatchedLimit Hard(long limit, bool isOpen) => new("subject", $"hard.{isOpen}", new LimitRule($"hard.{isOpen}", LimitAlgorithmKind.SlidingWindowCounter, limit, TimeSpan.FromMinutes(10))
    {
        FailOpen = isOpen,
        TimeBudget = TimeSpan.FromMilliseconds(Budget),
    });

    private static async Task<LimitStanding> StandingAsync(LimiterLife life, LimitCheck check)
    {
        await life.Other.ForecastAsync(check, 1, CancellationToken.None);
        return life.Other.Standings(check)[0];
    }

    private static async Task<int> AdmittedAsync(LimiterLife life, Limiter limiter, LimitCheck check, int requests)
    {
        var admitted = 0;
        for (var i = 0; i < requests; i++)
        {
            admitted += await limiter.CheckAsync(check, 1, CancellationToken.None) is LimitVerdict.Admitted ? 1 : 0;
            await life.Delay(TimeSpan.FromMilliseconds(10));
        }

        return admitted;
    }
}
