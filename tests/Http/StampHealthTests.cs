using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Serverless.Http;

namespace Serverless.Tests.Http;

public class StampHealthTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_report_is_good_for_10_s()
    {
        var runs = 0;
        using var health = Of(_ => Task.FromResult(new HealthCheck("a", HealthStatus.Healthy, $"{++runs}")));
        var first = await health.GetAsync();
        _clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Same(first, await health.GetAsync());
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(("2", _clock.GetUtcNow()), ((await health.GetAsync()).Checks.Single().Detail, (await health.GetAsync()).CheckedAt));
    }

    [Fact]
    public async Task Many_that_ask_at_once_cost_one_check()
    {
        var (runs, answer) = (0, new TaskCompletionSource<HealthCheck>());
        using var health = Of(_ =>
        {
            runs++;
            return answer.Task;
        });
        var asking = Enumerable.Range(0, 190).Select(_ => health.GetAsync()).ToList();
        answer.SetResult(new HealthCheck("a", HealthStatus.Healthy, ""));
        await Task.WhenAll(asking);
        Assert.Equal(1, runs);
    }

    // Whether or not it listens to its cancellation.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_check_that_hangs_counts_as_unhealthy_after_3_s(bool listens)
    {
        using var health = Of(Fine, cancel => new TaskCompletionSource<HealthCheck>().Task.WaitAsync(listens ? cancel : CancellationToken.None));
        var asking = health.GetAsync();
        _clock.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
        Assert.False(asking.IsCompleted);
        _clock.Advance(TimeSpan.FromTicks(1));
        var report = await asking.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Equal([HealthStatus.Healthy, HealthStatus.Unhealthy], report.Checks.Select(c => c.Status));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_check_that_fails_counts_as_unhealthy_without_its_internals(bool atOnce)
    {
        using var health = Of(Fine, atOnce ? _ => throw new InvalidOperationException("secret") : _ => Task.FromException<HealthCheck>(new InvalidOperationException("secret")));
        var report = await health.GetAsync();
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.DoesNotContain(report.Checks, c => c.Detail.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_worst_check_is_the_report()
    {
        using var none = Of();
        Assert.Equal(HealthStatus.Healthy, (await none.GetAsync()).Status);
        using var some = Of(Fine, _ => Task.FromResult(new HealthCheck("b", HealthStatus.Degraded, "")));
        Assert.Equal(HealthStatus.Degraded, (await some.GetAsync()).Status);
    }

    private static Task<HealthCheck> Fine(CancellationToken cancellationToken) => Task.FromResult(new HealthCheck("fine", HealthStatus.Healthy, ""));

    private StampHealth Of(params StampCheck[] checks) => new(checks, _clock, NullLogger<StampHealth>.Instance);
}
