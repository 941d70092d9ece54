namespace Serverless.Local.FrontDoor;

/// <summary>GET /api/dev/regions: the regions as the front door sees them. Nothing else in the local cloud has it, so it tells whether there is a front door.</summary>
internal static class DoorEndpoints
{
    public const string Path = "/api/dev/regions";

    public static void MapRegionStates(this IEndpointRouteBuilder endpoints, ProbeRule rule, Origins origins, IReadOnlyList<RegionHead> heads) =>
        endpoints.MapGet(Path, () => Results.Json(new RegionStates(rule, [.. origins.All.Zip(heads, Of)])));

    private static RegionState Of(Origin origin, RegionHead head) =>
        new(origin.Region, origin.Address, head.ProcessId, origin.Window.IsWell, origin.Window.Failed, origin.Window.Latency?.TotalMilliseconds);
}
