using Serverless.Limits;
using static Serverless.Tests.Limits.LimiterLife;

namespace Serverless.Tests.Limits;

/// <summary>Tokens are used no longer than the row says that they are held.</summary>
public class HoldLifeTests
{
    [Fact]
    public void A_look_that_changes_nothing_does_not_prolong_a_hold() => Run(async life =>
    {
        await life.WarmUpAsync("subject");
        var check = life.Limiter.Prepare([PerMinute(100)]);
        life.Limiter.Prefetch(check, 50);
        await life.Settle();
        Assert.InRange(check.Parts[0].Limits[0].Tokens, 1, 100);
        var useBy = check.Parts[0].Limits[0].UseBy;

        Assert.IsType<LimitVerdict.Admitted>(await life.Limiter.ForecastAsync(check, 1, CancellationToken.None));

        Assert.Equal(useBy, check.Parts[0].Limits[0].UseBy);
    });
}
