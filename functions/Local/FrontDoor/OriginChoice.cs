namespace Serverless.Local.FrontDoor;

/// <summary>Which origins requests go to, as Front Door decides for origins of equal priority and weight.</summary>
internal static class OriginChoice
{
    /// <summary>
    /// The places of those that share the requests: the well ones, or all when none is well, and of these the ones that are at most the rule's additional latency slower than the fastest.
    /// One whose latency is not known yet takes part. Never empty unless there is no origin.
    /// </summary>
    public static IReadOnlyList<int> Of(IReadOnlyList<ProbeWindow> origins)
    {
        List<int> all = [.. Enumerable.Range(0, origins.Count)];
        var well = all.FindAll(place => origins[place].IsWell);
        var candidates = well.Count > 0 ? well : all;
        if (candidates.Min(place => origins[place].Latency) is not { } fastest)
            return candidates;
        return candidates.FindAll(place => origins[place].Latency is not { } latency || latency <= fastest + origins[place].Rule.AdditionalLatency);
    }
}
