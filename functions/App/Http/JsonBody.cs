using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Serverless.Http;

/// <summary>Reads a request's body as a JSON object, strictly.</summary>
public static class JsonBody
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>The object, to be disposed of, or what is wrong: 413 too-large, 415 bad-content-type, 400 bad-json.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">The most bytes.</param>
    public static async Task<(JsonDocument? Body, IResult? Refusal)> ReadAsync(HttpRequest request, int limit)
    {
        if (!request.HasJsonContentType())
            return (null, Problems.Of(StatusCodes.Status415UnsupportedMediaType, "bad-content-type", "The content type is not taken", "Send a JSON object as application/json."));
        if (await BoundedBody.ReadAsync(request, limit) is not { } bytes)
            return (null, Problems.TooLarge($"The body is {limit / 1024} KiB at most."));
        try
        {
            var body = JsonDocument.Parse(bytes, Options);
            if (body.RootElement.ValueKind == JsonValueKind.Object)
                return (body, null);
            body.Dispose();
            return (null, Problems.BadRequest("bad-json", "The body must be a JSON object."));
        }
        catch (JsonException bad)
        {
            return (null, Problems.BadRequest("bad-json", $"The body is not JSON: line {bad.LineNumber + 1}, position {bad.BytePositionInLine + 1}."));
        }
    }
}
