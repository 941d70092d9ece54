namespace Serverless.Limits;

/// <summary>The words of the format, and what they mean.</summary>
internal static class RulesWords
{
    /// <summary>Seconds of each unit. A month has 30 days, a year 365.</summary>
    public static readonly IReadOnlyDictionary<string, long> Units = new Dictionary<string, long>
    {
        ["second"] = 1,
        ["minute"] = 60,
        ["hour"] = 3_600,
        ["day"] = 86_400,
        ["week"] = 7 * 86_400,
        ["month"] = 30 * 86_400,
        ["year"] = 365 * 86_400,
    };

    public static readonly IReadOnlyDictionary<string, LimitAlgorithmKind> Algorithms = new Dictionary<string, LimitAlgorithmKind>
    {
        ["token_bucket"] = LimitAlgorithmKind.TokenBucket,
        ["leaking_bucket"] = LimitAlgorithmKind.LeakingBucket,
        ["fixed_window"] = LimitAlgorithmKind.FixedWindow,
        ["sliding_window_log"] = LimitAlgorithmKind.SlidingWindowLog,
        ["sliding_window_counter"] = LimitAlgorithmKind.SlidingWindowCounter,
    };

    public static readonly IReadOnlyDictionary<string, LimitMode> Modes = new Dictionary<string, LimitMode>
    {
        ["leased"] = LimitMode.Leased,
        ["exact"] = LimitMode.Exact,
        ["soft"] = LimitMode.Soft,
    };

    /// <summary>What on_failure says: true is to admit.</summary>
    public static readonly IReadOnlyDictionary<string, bool> Failures = new Dictionary<string, bool> { ["open"] = true, ["closed"] = false };

    private static readonly Dictionary<LimitAlgorithmKind, string> Names = Algorithms.ToDictionary(word => word.Value, word => word.Key);

    /// <summary>The word of an algorithm.</summary>
    public static string NameOf(LimitAlgorithmKind algorithm) => Names[algorithm];
}
