using Serverless.Limits;
using static Serverless.Tests.Limits.LimiterLife;

namespace Serverless.Tests.Limits;

/// <summary>However many subjects are asked for, an instance remembers a bounded number, and forgets nothing that counts.</summary>
public class KnownSubjectsTests
{
    private const int Most = 1_000;

    [Fact]
    public void Ten_times_as_many_subjects_are_counted_as_are_remembered() => Run(async life =>
    {
        await life.WarmUpAsync("subject");
        for (var i = 0; i < 10 * Most; i += 100)
        {
            await Task.WhenAll(Enumerable.Range(i, 100).Select(subject => AskAsync(life, subject)));
            Assert.InRange(life.Limiter.Known, 1, Most);
        }

        foreach (var subject in (int[])[0, 1, Most, 5 * Most, 10 * Most - 1])
        {
            Assert.IsType<LimitVerdict.Admitted>(await AskAsync(life, subject));
            Assert.IsType<LimitVerdict.Limited>(await AskAsync(life, subject));
        }
    }, known: Most);

    [Fact]
    public void What_a_forgotten_subject_held_goes_back() => Run(async life =>
    {
        await life.WarmUpAsync("subject");
        var held = life.Limiter.Prepare([PerMinute(100)]);
        life.Limiter.Prefetch(held, 80);
        await life.Delay(TimeSpan.FromMilliseconds(100));
        Assert.InRange(held.Parts[0].Limits[0].Tokens, 80, 100);
        for (var i = 0; i < 2 * Most; i++)
            life.Limiter.Prepare([new MatchedLimit($"other{i}", "limit", PerMinute(1).Rule)]);
        await life.Delay(TimeSpan.FromSeconds(3));
        Assert.IsType<LimitVerdict.Admitted>(await life.Other.CheckAsync(life.Other.Prepare([PerMinute(100)]), 100, CancellationToken.None));
    }, known: Most);

    private static async Task<LimitVerdict> AskAsync(LimiterLife life, int subject)
    {
        var limit = new MatchedLimit($"s{subject}", "limit", new LimitRule("limit", LimitAlgorithmKind.FixedWindow, 2, TimeSpan.FromDays(30)) { TimeBudget = TimeSpan.FromSeconds(10) });
        var verdict = await life.Limiter.CheckAsync(life.Limiter.Prepare([limit]), 1, CancellationToken.None);

        // A question that was lost has used nothing.
        return verdict is LimitVerdict.Unavailable ? await AskAsync(life, subject) : verdict;
    }
}
