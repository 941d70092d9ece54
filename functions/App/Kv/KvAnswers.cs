using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Serverless.Http;
using Serverless.Replication;
using Version = Serverless.Replication.Version;

namespace Serverless.Kv;

/// <summary>Outcomes of the store as HTTP.</summary>
internal static class KvAnswers
{
    /// <summary>Which nodes a read or write was answered by, comma-separated.</summary>
    public const string AnsweredHeader = "X-Answered-By";

    private const int RetrySeconds = 1;

    public static IResult Of(ReplicaKey key, ReadResult result, HttpRequest request)
    {
        if (result is not ReadResult.Read(var set, var nodes, _))
        {
            var (answered, needed) = (ReadResult.NoQuorum)result;
            return Problems.NoQuorum(answered, needed, $"{answered} of the {needed} replicas needed answered in time. Nothing was changed; try again in {RetrySeconds} s.");
        }

        var headers = request.HttpContext.Response.Headers;
        headers[AnsweredHeader] = string.Join(',', nodes);
        if (set.IsEmpty)
            return Problems.NotFound("key-not-found", "No value is stored under this key.");

        headers[KvRequest.CausalityHeader] = CausalityToken.Of(key, set.Context);
        if (set.Versions.All(v => v.IsTombstone))
            return Problems.NotFound("key-not-found", "The value under this key was deleted.");

        headers.ETag = $"\"{set.Fingerprint():x32}\"";
        if (set.Versions is not [var only])
            return new SiblingsResult(set.Versions);
        if (request.GetTypedHeaders().IfNoneMatch.Any(tag => tag.Tag == headers.ETag.ToString() || tag.Equals(EntityTagHeaderValue.Any)))
            return Results.StatusCode(StatusCodes.Status304NotModified);
        headers.LastModified = only.WrittenAt.ToString("R", CultureInfo.InvariantCulture);
        return Results.Bytes(only.Value!.Value, ContentTypeOf(only));
    }

    public static IResult Of(ReplicaKey key, WriteResult result, HttpRequest request)
    {
        switch (result)
        {
            case WriteResult.Written(var context, var nodes):
                if (!context.IsEmpty)
                    request.HttpContext.Response.Headers[KvRequest.CausalityHeader] = CausalityToken.Of(key, context);
                request.HttpContext.Response.Headers[AnsweredHeader] = string.Join(',', nodes);
                return Results.NoContent();
            case WriteResult.TooManySiblings(var siblings):
                return Problems.Conflict(
                    "too-many-siblings",
                    $"The key has {siblings} concurrent versions, the most that are kept. Nothing was written. Read it, merge them, and write with the {KvRequest.CausalityHeader} that the read answers.");
            default:
                var (answered, needed) = (WriteResult.NoQuorum)result;
                return Problems.NoQuorum(
                    answered, needed, $"{answered} of the {needed} replicas needed hold the write. It may still take effect: read the key before you repeat it, or it may be stored twice, side by side.");
        }
    }

    public static string ContentTypeOf(Version version) => version.ContentType is { Length: > 0 } type ? type : "application/octet-stream";

    /// <summary>The value as text when it is valid UTF-8; else null.</summary>
    public static string? TextOf(Version version)
    {
        try
        {
            return new UTF8Encoding(false, true).GetString(version.Value!.Value.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
