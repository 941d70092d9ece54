namespace Serverless.Local.Host;

internal static class ClockPause
{
    /// <summary>Waits on the clock; false as soon as the token is cancelled.</summary>
    public static async Task<bool> Pause(this TimeProvider clock, TimeSpan time, CancellationToken cancellationToken)
    {
        await Task.Delay(time, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }
}
