using System.Text.Json;
using Serverless.Http;

namespace Serverless.Local.Head;

/// <summary>POST /api/dev/token: who a developer says to be. Only the local head has it.</summary>
internal static class DevTokenEndpoint
{
    private const int LongestName = 128;

    public static void MapDevTokens(this IEndpointRouteBuilder endpoints, DevIdentity identity) =>
        endpoints.MapPost("/api/dev/token", (HttpRequest request) => IssueAsync(request, identity));

    private static async Task<IResult> IssueAsync(HttpRequest request, DevIdentity identity)
    {
        if (!request.HasJsonContentType())
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "not-json", "JSON is needed", "Send Content-Type: application/json.");

        TokenRequest? wanted;
        try
        {
            wanted = await request.ReadFromJsonAsync<TokenRequest>();
        }
        catch (JsonException)
        {
            wanted = null;
        }

        return wanted is { User: { Length: > 0 and <= LongestName } user }
            ? Results.Json(new { accessToken = identity.Issue(user, wanted.Roles ?? [], DevIdentity.Life), expiresIn = (int)DevIdentity.Life.TotalSeconds })
            : Problems.BadRequest("bad-token-request", $"Send {{\"user\":\"alice\",\"roles\":[]}} with a user of at most {LongestName} characters.");
    }

    private sealed record TokenRequest(string? User, IReadOnlyList<string>? Roles);
}
