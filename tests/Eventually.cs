namespace Serverless.Tests;

/// <summary>Waits for a condition that has no event, by looking again every 20 ms until a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns when the condition holds; fails after <paramref name="limit"/>, by default 20 s.</summary>
    public static Task HoldsAsync(Func<bool> condition, string what, TimeSpan? limit = null) =>
        HoldsAsync(() => Task.FromResult(condition()), what, limit);

    public static Task HoldsAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null) => HoldsAsync(condition, () => what, limit);

    /// <param name="condition">What is waited for.</param>
    /// <param name="what">Names it when it did not come, and may tell what was seen last.</param>
    /// <param name="limit">How long it may take, by default 20 s.</param>
    public static async Task HoldsAsync(Func<Task<bool>> condition, Func<string> what, TimeSpan? limit = null)
    {
        var clock = TimeProvider.System;
        var bound = limit ?? TimeSpan.FromSeconds(20);
        var started = clock.GetTimestamp();
        using var timer = new PeriodicTimer(Every, clock);
        while (!await condition())
        {
            Assert.True(clock.GetElapsedTime(started) < bound, $"Not within {bound.TotalSeconds:0} s: {what()}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
