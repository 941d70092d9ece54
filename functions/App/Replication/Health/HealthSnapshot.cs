namespace Serverless.Replication;

/// <summary>What one instance had seen of one node at one moment. Immutable; times in whole milliseconds.</summary>
/// <param name="Up">False while the instance's breaker is open.</param>
/// <param name="Since">When that verdict began: with the call that changed it; at first with the first call.</param>
/// <param name="CalledAt">When the outcome of the last call was known, whatever it was; null before the first.</param>
/// <param name="AnsweredAt">When the last call that was answered was; null before the first.</param>
/// <param name="ErrorRate">Share of the last 128 calls that failed: 0 to 1, 0 before the first.</param>
/// <param name="P50">Median time of the last 128 answered calls, renewed every 16; zero before the first 16.</param>
/// <param name="P95">The 95th percentile of the same.</param>
/// <param name="P99">The 99th percentile of the same.</param>
/// <param name="Calls">Calls recorded since the instance knows the node.</param>
public sealed record HealthSnapshot(
    bool Up, DateTimeOffset Since, DateTimeOffset? CalledAt, DateTimeOffset? AnsweredAt,
    double ErrorRate, TimeSpan P50, TimeSpan P95, TimeSpan P99, long Calls);
