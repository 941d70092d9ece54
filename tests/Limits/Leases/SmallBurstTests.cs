using Serverless.Limits;
using static Serverless.Tests.Limits.LimiterLife;

namespace Serverless.Tests.Limits;

/// <summary>Of a small limit all can be had, though some of it may be taken ahead.</summary>
public class SmallBurstTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public void One_by_one(int burst) => Run(async life =>
    {
        var (check, admitted) = (life.Limiter.Prepare([PerMinute(burst)]), 0);
        while (await life.Limiter.CheckAsync(check, 1, Stop) is LimitVerdict.Admitted)
            admitted++;
        Assert.Equal(burst, admitted);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public void At_once(int burst) => Run(async life =>
        Assert.IsType<LimitVerdict.Admitted>(await life.Limiter.CheckAsync(life.Limiter.Prepare([PerMinute(burst)]), burst, Stop)));

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    public void All_but_one_at_once_and_then_one(int burst) => Run(async life =>
    {
        var check = life.Limiter.Prepare([PerMinute(burst)]);
        Assert.IsType<LimitVerdict.Admitted>(await life.Limiter.CheckAsync(check, burst - 1, Stop));
        Assert.IsType<LimitVerdict.Admitted>(await life.Limiter.CheckAsync(check, 1, Stop));
    });
}
