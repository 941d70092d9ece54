using System.Text.Json;

namespace Serverless.Local.FrontDoor;

/// <summary>The regions as their front door sees them.</summary>
/// <param name="Probe">How it tells which of them are well.</param>
/// <param name="Regions">In their order.</param>
internal sealed record RegionStates(ProbeRule Probe, IReadOnlyList<RegionState> Regions)
{
    /// <summary>What <see cref="DoorEndpoints.Path"/> answered; null when there is no front door.</summary>
    public static async Task<RegionStates?> OfAsync(HttpResponseMessage answer) =>
        answer.IsSuccessStatusCode ? JsonSerializer.Deserialize<RegionStates>(await answer.Content.ReadAsStringAsync(), JsonSerializerOptions.Web) : null;

    /// <summary>That of one region.</summary>
    public RegionState Of(string region) => Regions.Single(state => state.Region == region);
}

/// <summary>A region as its front door sees it.</summary>
/// <param name="Region">Its name.</param>
/// <param name="Head">The address of its head, which answers without the front door too.</param>
/// <param name="Process">Number of its head's process; null while none runs.</param>
/// <param name="Well">Whether enough of its last probes were good.</param>
/// <param name="TakesRequests">Whether requests go to it now: it is well, or none is, and it is not too much slower than the fastest.</param>
/// <param name="FailedProbes">Of the last that count.</param>
/// <param name="LatencyMilliseconds">The mean of the good ones; null when there is none.</param>
internal sealed record RegionState(string Region, Uri Head, int? Process, bool Well, bool TakesRequests, int FailedProbes, double? LatencyMilliseconds);
