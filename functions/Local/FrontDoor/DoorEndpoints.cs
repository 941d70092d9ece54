namespace Serverless.Local.FrontDoor;

/// <summary>GET /api/dev/regions: the regions as the front door sees them. Nothing else in the local cloud has it, so it tells whether there is a front door.</summary>
internal static class DoorEndpoints
{
    public const string Path = "/api/dev/regions";

    public static void MapRegionStates(this IEndpointRouteBuilder endpoints, ProbeRule rule, Origins origins, IReadOnlyList<RegionHead> heads) =>
        endpoints.MapGet(Path, () => Results.Json(new RegionStates(rule, Of(origins, heads))));

    private static List<RegionState> Of(Origins origins, IReadOnlyList<RegionHead> heads)
    {
        List<ProbeWindow> windows = [.. origins.All.Select(origin => origin.Window)];
        var taking = OriginChoice.Of(windows);
        return [.. origins.All.Select((origin, place) => new RegionState(
            origin.Region, origin.Address, heads[place].ProcessId, windows[place].IsWell, taking.Contains(place), windows[place].Failed, windows[place].Latency?.TotalMilliseconds))];
    }
}
