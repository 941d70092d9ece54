namespace Serverless.Notifications;

/// <summary>When a delivery is tried again: exponential pauses with jitter, so that those which failed together do not come back together.</summary>
internal static class RetryPolicy
{
    /// <summary>The first pause: 2 seconds at most.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(2);

    /// <summary>The longest pause: 1 hour.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>The pause while nothing can be sent until somebody mends the configuration: 5 minutes.</summary>
    public static readonly TimeSpan Misconfigured = TimeSpan.FromMinutes(5);

    /// <summary>The pause after so many attempts: up to 2, 4, 8 … seconds, and at least half of that.</summary>
    /// <param name="tried">At least 1.</param>
    /// <param name="jitter">From 0 to 1.</param>
    public static TimeSpan Pause(int tried, double jitter)
    {
        var longest = Math.Min(First.TotalSeconds * Math.Pow(2, Math.Min(tried - 1, 30)), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(longest * (1 + jitter) / 2);
    }
}
