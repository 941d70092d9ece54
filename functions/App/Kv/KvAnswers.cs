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

    /// <summary>How many of them there were.</summary>
    public const string CountHeader = "X-Answered";

    /// <summary>Which regions they lie in, comma-separated.</summary>
    public const string RegionsHeader = "X-Regions";

    /// <summary>"quorum" when owners alone answered, "sloppy" when a node that stands in for one counts.</summary>
    public const string ModeHeader = "X-Mode";

    /// <summary>"started" when the replicas differed and those that lack something are being repaired, else "none". Reads only.</summary>
    public const string RepairHeader = "X-Repair";

    /// <summary>"strict" when the answer is linearizable.</summary>
    public const string ConsistencyHeader = "X-Consistency";

    private const int RetrySeconds = 1;

    public static IResult Of(ReplicaKey key, ReadResult result, HttpRequest request)
    {
        if (result is ReadResult.Behind(var behind))
            return Problems.Behind(behind, $"None of the {behind} replicas that answered knows all that {KvRequest.CausalityHeader} covers; try again in {RetrySeconds} s.");
        if (result is not ReadResult.Read(var set, var answers, var repairing))
        {
            var (answered, needed) = (ReadResult.NoQuorum)result;
            return Problems.NoQuorum(answered, needed, $"{answered} of the {needed} replicas needed answered in time. Nothing was changed; try again in {RetrySeconds} s.");
        }

        var headers = request.HttpContext.Response.Headers;
        Say(headers, answers);
        headers[RepairHeader] = repairing ? "started" : "none";
        return Of(key, new RegisterContent(((ReadResult.Read)result).Register?.Value, set), request);
    }

    /// <summary>What a key holds.</summary>
    private static IResult Of(ReplicaKey key, RegisterContent content, HttpRequest request)
    {
        var headers = request.HttpContext.Response.Headers;
        if (content.Value is null && content.Beside.IsEmpty)
            return Problems.NotFound("key-not-found", "No value is stored under this key.");

        if (!content.Beside.IsEmpty)
            headers[KvRequest.CausalityHeader] = CausalityToken.Of(key, content.Beside.Context);
        if (KvTag.Of(content) is not { } tag)
            return Problems.NotFound("key-not-found", "The value under this key was deleted.");

        headers.ETag = tag;
        var versions = KvTag.Versions(content);
        if (versions is not [var only])
            return new SiblingsResult(versions);
        if (request.GetTypedHeaders().IfNoneMatch.Any(tag => tag.Tag == headers.ETag.ToString() || tag.Equals(EntityTagHeaderValue.Any)))
            return Results.StatusCode(StatusCodes.Status304NotModified);
        headers.LastModified = only.WrittenAt.ToString("R", CultureInfo.InvariantCulture);
        return Results.Bytes(only.Value!.Value, ContentTypeOf(only));
    }

    public static IResult Of(ReplicaKey key, WriteResult result, HttpRequest request)
    {
        switch (result)
        {
            case WriteResult.Written(var context, var answers):
                if (!context.IsEmpty)
                    request.HttpContext.Response.Headers[KvRequest.CausalityHeader] = CausalityToken.Of(key, context);
                Say(request.HttpContext.Response.Headers, answers);
                return Results.NoContent();
            case WriteResult.StrictKey:
                return Problems.Conflict(
                    "strict-key",
                    "This key is written strictly: a write without a condition could bypass those who compare and swap. Nothing was written. Send If-Match with the ETag that a read answers, or ?consistency=strict.");
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

    /// <summary>The answer to a strict read or write.</summary>
    public static IResult Of(ReplicaKey key, RegisterResult result, HttpRequest request)
    {
        var headers = request.HttpContext.Response.Headers;
        headers[ConsistencyHeader] = "strict";
        switch (result)
        {
            case RegisterResult.Written(var content, var answers):
                Say(headers, answers);
                headers.ETag = KvTag.Of(content);
                return Results.NoContent();
            case RegisterResult.Held(var content, var answers) when HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method):
                Say(headers, answers);
                return Of(key, content, request);
            case RegisterResult.Held(var content, _):
                headers.ETag = KvTag.Of(content);
                return Problems.Of(
                    StatusCodes.Status412PreconditionFailed, "precondition-failed", "The key holds something else",
                    KvTag.IsLive(content)
                        ? "The condition does not hold for what is stored, whose ETag this answer has. Nothing was written."
                        : "The condition does not hold: nothing is stored under this key. Nothing was written.");
            case RegisterResult.TooLarge(var bytes):
                return Problems.TooLarge($"A strict value has at most {StrictRegisters.MaxValueBytes} bytes, this one {bytes}. Nothing was written.");
            default:
                var (answered, needed, mayTakeEffect) = (RegisterResult.NoQuorum)result;
                return Problems.NoQuorum(answered, needed, mayTakeEffect
                    ? "No majority of the key's owners answered in time. The write may still take effect: read the key before you repeat it."
                    : $"No majority of the key's owners answered in time. Nothing was changed; try again in {RetrySeconds} s.");
        }
    }

    // Honest about what the answer rests on.
    private static void Say(IHeaderDictionary headers, IReadOnlyList<ReplicaAnswer> answers)
    {
        headers[AnsweredHeader] = string.Join(',', answers.Select(answer => answer.Node));
        headers[CountHeader] = answers.Count.ToString(CultureInfo.InvariantCulture);
        headers[RegionsHeader] = string.Join(',', answers.Select(answer => answer.Region).Distinct());
        headers[ModeHeader] = answers.Any(answer => answer.StandsIn) ? "sloppy" : "quorum";
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
