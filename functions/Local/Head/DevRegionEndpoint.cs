using Serverless.Http;
using Serverless.Local.Cloud;

namespace Serverless.Local.Head;

/// <summary>POST /api/dev/regions/{region}/kill: lets a region's storage die without saving, to see what the cloud makes of it. For the local service only, on the local head only.</summary>
internal static class DevRegionEndpoint
{
    public static void MapDevRegions(this IEndpointRouteBuilder endpoints, LocalCloud cloud) =>
        endpoints.MapPost("/api/dev/regions/{region}/kill", async (HttpRequest request, string region, Authentication authentication) =>
        {
            if ((await authentication.IdentifyAsync(request)).Caller is not Caller.Service)
                return Problems.Of(StatusCodes.Status401Unauthorized, "unauthenticated", "Who calls is not known", "Only the local service may do this.");
            if (!cloud.Regions.Contains(region))
                return Problems.NotFound("region-not-found", $"There is no region '{region}'; there are {string.Join(", ", cloud.Regions)}.");

            await cloud.KillAsync(region);
            return Results.NoContent();
        });
}
