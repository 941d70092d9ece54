namespace Serverless.Replication;

/// <summary>How often a node that failed is tried again inside one operation: three times in all, after 50 and 100 ms, while the deadline allows.</summary>
internal static class Retry
{
    public const int MostTries = 3;

    private const int PauseMilliseconds = 50;

    /// <param name="tries">Tries so far, at least 1.</param>
    /// <param name="clock">The clock.</param>
    public static Task PauseAsync(int tries, TimeProvider clock) =>
        Task.Delay(TimeSpan.FromMilliseconds(PauseMilliseconds * tries), clock, CancellationToken.None);
}
