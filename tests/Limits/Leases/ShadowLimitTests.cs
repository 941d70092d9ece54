using Serverless.Limits;
using static Serverless.Tests.Limits.LimiterLife;

namespace Serverless.Tests.Limits;

/// <summary>A limit in shadow mode changes nothing for anybody.</summary>
public class ShadowLimitTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("subject")]
    [InlineData("other")]
    public void What_a_shadow_would_refuse_is_admitted(string subject) => Run(async life =>
    {
        var check = life.Limiter.Prepare([PerMinute(1_000), Shadow(subject)]);
        for (var i = 0; i < 4; i++)
            Assert.Equal(LimitVerdict.Admitted.AtOnce, await life.Limiter.CheckAsync(check, 1, Stop));
        Assert.Equal(996, life.Limiter.Standings(check).Single(standing => !standing.Rule.Shadow).Remaining);
    });

    [Theory]
    [InlineData("subject")]
    [InlineData("other")]
    public void A_spent_shadow_keeps_nobody_from_tokens_that_are_here(string subject) => Run(async life =>
    {
        var check = life.Limiter.Prepare([PerMinute(1_000), Shadow(subject)]);
        for (var i = 0; i < 2; i++)
            await life.Limiter.CheckAsync(check, 1, Stop);
        life.Limiter.Prefetch(life.Limiter.Prepare([PerMinute(1_000)]), 500);
        await life.Settle();
        var calls = life.Calls;
        for (var i = 0; i < 100; i++)
            Assert.Equal(LimitVerdict.Admitted.AtOnce, life.Limiter.TryCheck(check, 1));
        Assert.Equal(calls, life.Calls);
    });

    private static MatchedLimit Shadow(string subject) =>
        new(subject, "shadow", new LimitRule("shadow", LimitAlgorithmKind.TokenBucket, 1, TimeSpan.FromHours(1)) { Shadow = true });
}
