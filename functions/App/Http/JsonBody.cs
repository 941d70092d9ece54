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
            var problem = body.RootElement.ValueKind != JsonValueKind.Object ? "The body must be a JSON object."
                : !IsUnicode(body.RootElement) ? "The body has half of a surrogate pair in a text, which is no character."
                : null;
            if (problem is null)
                return (body, null);
            body.Dispose();
            return (null, Problems.BadRequest("bad-json", problem));
        }
        catch (JsonException bad)
        {
            return (null, Problems.BadRequest("bad-json", $"The body is not JSON: line {bad.LineNumber + 1}, position {bad.BytePositionInLine + 1}."));
        }
    }

    /// <summary>Whether every name and text is one: "\ud800" alone is JSON, and no text.</summary>
    internal static bool IsUnicode(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return element.EnumerateObject().All(field => IsText(() => field.Name) && IsUnicode(field.Value));
            case JsonValueKind.Array:
                return element.EnumerateArray().All(IsUnicode);
            case JsonValueKind.String:
                return IsText(() => element.GetString());
            default:
                return true;
        }
    }

    private static bool IsText(Func<string?> read)
    {
        try
        {
            return read() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
