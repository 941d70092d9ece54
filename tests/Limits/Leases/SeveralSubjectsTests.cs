using CsCheck;
using Serverless.Limits;
using static Serverless.Tests.Limits.LimiterLife;

namespace Serverless.Tests.Limits;

/// <summary>A request of several subjects needs tokens of each at once, and others take theirs meanwhile.</summary>
public class SeveralSubjectsTests
{
    [Theory]
    [InlineData(LimitMode.Leased)]
    [InlineData(LimitMode.Exact)]
    public void Whoever_comes_while_there_is_enough_is_admitted(LimitMode mode) => Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[0, 40]).Sample((seed, gap) => Run(
        async life =>
        {
            var check = life.Limiter.Prepare([On("one", mode), On("other", mode)]);
            await life.WarmUpAsync("one");
            await life.WarmUpAsync("other");
            var requests = new List<Task<LimitVerdict>>();
            for (var i = 0; i < 100; i++)
            {
                requests.Add(life.Limiter.CheckAsync(check, 1, CancellationToken.None).AsTask());
                await life.Delay(TimeSpan.FromMilliseconds(gap));
            }

            Assert.All(await Task.WhenAll(requests), verdict => Assert.Equal(LimitVerdict.Admitted.AtOnce, verdict));
        },
        seed), iter: 50);

    private static MatchedLimit On(string subject, LimitMode mode) =>
        new(subject, "enough", new LimitRule("enough", LimitAlgorithmKind.TokenBucket, 10_000, TimeSpan.FromSeconds(10)) { Mode = mode });
}
