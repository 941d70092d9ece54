using Serverless.Http;
using Serverless.Local.Cloud;

namespace Serverless.Local.Head;

/// <summary>
/// POST /api/dev/regions/{region}/kill: lets a region's storage die without saving, to see what the cloud makes of it; with <c>?with=head</c> its head dies too, where it has one of its own. For the local
/// service only, on the local cloud only.
/// </summary>
internal static class DevRegionEndpoint
{
    /// <param name="endpoints">Of whoever supervises the storage.</param>
    /// <param name="cloud">The storage.</param>
    /// <param name="authentication">Knows the local service.</param>
    /// <param name="killHead">Kills the head of a region; null: one head serves for all.</param>
    public static void MapDevRegions(this IEndpointRouteBuilder endpoints, LocalCloud cloud, Authentication authentication, Func<string, Task>? killHead = null) =>
        endpoints.MapPost("/api/dev/regions/{region}/kill", async (HttpRequest request, string region) =>
        {
            if ((await authentication.IdentifyAsync(request)).Caller is not Caller.Service)
                return Problems.Of(StatusCodes.Status401Unauthorized, "unauthenticated", "Who calls is not known", "Only the local service may do this.");
            if (!cloud.Regions.Contains(region))
                return Problems.NotFound("region-not-found", $"There is no region '{region}'; there are {string.Join(", ", cloud.Regions)}.");
            var withHead = request.Query["with"] == "head";
            if (withHead && killHead is null)
                return Problems.BadRequest("no-front-door", "One head serves every region here: start the cloud with --front-door to give each its own.");

            await Task.WhenAll(cloud.KillAsync(region), withHead ? killHead!(region) : Task.CompletedTask);
            return Results.NoContent();
        });
}
