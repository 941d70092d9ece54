namespace Serverless.Replication;

/// <summary>
/// How long a call may take before another node is asked. A fixed delay fires nearly always under load, so it follows what was
/// measured: three times the 95th percentile, between 10 ms and 1 s; 50 ms before anything was measured.
/// </summary>
internal static class Hedge
{
    public static TimeSpan After(TimeSpan p95) => p95 == TimeSpan.Zero
        ? TimeSpan.FromMilliseconds(50)
        : TimeSpan.FromMilliseconds(Math.Clamp(3 * p95.TotalMilliseconds, 10, 1_000));
}
