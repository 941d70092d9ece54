namespace Serverless.Tests;

/// <summary>Waits for something that happens in the background: polls a condition until it holds or 10 s have passed.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static async Task TrueAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail("The condition did not hold within 10 s.");
            }
        }
    }
}
