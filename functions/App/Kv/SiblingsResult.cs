using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Version = Serverless.Replication.Version;

namespace Serverless.Kv;

/// <summary>300 Multiple Choices with every concurrent version: JSON, or multipart/mixed (RFC 2046) when the client asks for it, as Riak answers.</summary>
internal sealed class SiblingsResult(ImmutableArray<Version> versions) : IResult
{
    private const string Multipart = "multipart/mixed";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status300MultipleChoices;
        httpContext.Response.Headers.Vary = "Accept";
        var accepts = httpContext.Request.GetTypedHeaders().Accept.OrderByDescending(a => a.Quality ?? 1).FirstOrDefault();
        if (accepts is not null && string.Equals(accepts.MediaType.Value, Multipart, StringComparison.OrdinalIgnoreCase))
            await WritePartsAsync(httpContext.Response);
        else
            await Results.Json(new { siblings = versions.Select(Json) }, statusCode: StatusCodes.Status300MultipleChoices).ExecuteAsync(httpContext);
    }

    private static object Json(Version version) => version.IsTombstone
        ? new { version = version.Dot.ToString(), writtenAt = version.WrittenAt, deleted = true }
        : new
        {
            version = version.Dot.ToString(),
            writtenAt = version.WrittenAt,
            contentType = KvAnswers.ContentTypeOf(version),
            text = KvAnswers.TextOf(version),
            base64 = Convert.ToBase64String(version.Value!.Value.Span),
        };

    // A hash of every value: none can be made to hold it. 64 characters, of the 70 that RFC 2046 allows.
    private string Boundary()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var version in versions)
        {
            hash.AppendData(Encoding.ASCII.GetBytes(version.Dot.ToString()));
            hash.AppendData((version.Value ?? ReadOnlyMemory<byte>.Empty).Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private async Task WritePartsAsync(HttpResponse response)
    {
        var boundary = Boundary();
        response.ContentType = $"{Multipart}; boundary={boundary}";
        foreach (var version in versions)
        {
            var head = new StringBuilder()
                .Append("--").Append(boundary).Append("\r\n")
                .Append("Content-Type: ").Append(version.IsTombstone ? "application/octet-stream" : KvAnswers.ContentTypeOf(version)).Append("\r\n")
                .Append("Last-Modified: ").Append(version.WrittenAt.ToString("R", CultureInfo.InvariantCulture)).Append("\r\n")
                .Append("ETag: \"").Append(version.Dot).Append("\"\r\n");
            if (version.IsTombstone)
                head.Append("X-Deleted: true\r\n");
            head.Append("\r\n");
            await response.Body.WriteAsync(Encoding.ASCII.GetBytes(head.ToString()), response.HttpContext.RequestAborted);
            await response.Body.WriteAsync(version.Value ?? ReadOnlyMemory<byte>.Empty, response.HttpContext.RequestAborted);
            await response.Body.WriteAsync("\r\n"u8.ToArray(), response.HttpContext.RequestAborted);
        }

        await response.Body.WriteAsync(Encoding.ASCII.GetBytes($"--{boundary}--\r\n"), response.HttpContext.RequestAborted);
    }
}
