namespace Serverless.Realtime;

/// <summary>The pushes of every region, as one region's instances reach them.</summary>
/// <param name="here">The region of this instance.</param>
/// <param name="regions">Those of all regions, this one's too, by name.</param>
public sealed class RealtimeRegions(string here, IReadOnlyDictionary<string, IRealtime> regions)
{
    /// <summary>The region of this instance.</summary>
    public string Here { get; } = here;

    /// <summary>The other regions, by name.</summary>
    public IReadOnlyList<string> Others { get; } = [.. regions.Keys.Where(region => region != here).Order(StringComparer.Ordinal)];

    /// <summary>A region's; null when there is none of this name.</summary>
    public IRealtime? Of(string region) => regions.GetValueOrDefault(region);
}
