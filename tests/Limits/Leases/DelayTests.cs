using Serverless.Limits;
using static Serverless.Tests.Limits.LimiterLife;

namespace Serverless.Tests.Limits;

/// <summary>A leaking bucket that delays gives everybody a turn, however its tokens are had: ten a second.</summary>
public class DelayTests
{
    private const int Requests = 40;

    // By so much the storage's present is not known.
    private static readonly TimeSpan Unsure = TimeSpan.FromMilliseconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LimitMode.Leased)]
    [InlineData(LimitMode.Exact)]
    public void One_by_one(LimitMode mode) => Run(life => KeepsTurnsAsync(life, TimeSpan.FromMilliseconds(30), Queue(mode)));

    [Theory]
    [InlineData(LimitMode.Leased)]
    [InlineData(LimitMode.Exact)]
    public void Beside_a_limit_of_another_subject(LimitMode mode) => Run(life => KeepsTurnsAsync(life, TimeSpan.FromMilliseconds(30), Queue(mode), Other));

    [Fact]
    public void All_at_once_beside_a_limit_of_another_subject() => Run(life => KeepsTurnsAsync(life, TimeSpan.Zero, Queue(LimitMode.Exact), Other));

    [Theory]
    [InlineData(LimitMode.Leased)]
    [InlineData(LimitMode.Exact)]
    public void Who_does_not_wait_gets_no_turn(LimitMode mode) => Run(async life =>
    {
        using var limiter = life.Distributed(Queue(mode));
        for (var i = 0; i < 3; i++)
        {
            Assert.False(limiter.AttemptAcquire().IsAcquired);
            await life.Settle();
        }

        Assert.Equal(0, life.Calls);
    });

    private static MatchedLimit Other => new("other", "other", new LimitRule("other", LimitAlgorithmKind.TokenBucket, 1_000, TimeSpan.FromSeconds(10)));

    private static MatchedLimit Queue(LimitMode mode) =>
        Limit(100, LimitAlgorithmKind.LeakingBucket, rule => rule with { Delays = true, Mode = mode, Window = TimeSpan.FromSeconds(10) });

    private static async Task KeepsTurnsAsync(LimiterLife life, TimeSpan gap, params MatchedLimit[] limits)
    {
        using var limiter = life.Distributed(limits);
        var turns = new List<long>();
        var requests = new List<Task>();
        for (var i = 0; i < Requests; i++)
        {
            requests.Add(RequestAsync());
            await life.Delay(gap);
        }

        await Task.WhenAll(requests);
        turns.Sort();
        Assert.Equal(Requests, turns.Count);
        for (var i = 0; i < Requests; i++)
            Assert.True(turns[i] - turns[0] >= TimeSpan.FromMilliseconds(100 * i).Ticks - Unsure.Ticks, $"Turns, in ms: {string.Join(" ", turns.Select(turn => turn / TimeSpan.TicksPerMillisecond))}");

        async Task RequestAsync()
        {
            Assert.True((await limiter.AcquireAsync(1, Stop)).IsAcquired);
            turns.Add(life.Now);
        }
    }
}
