using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Kv;

/// <summary>The key-value store over HTTP.</summary>
public sealed class KvFunctions(KvStore store, IOptions<ReplicationOptions> options)
{
    private const int LongestContentType = 255;

    [Function("kv-get")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Reads a key", Description = "Answers the value with its Content-Type, or all concurrent versions.")]
    [Query("r", "Replicas that must answer, 1 to the copies kept (3); default 2", Type = "integer")]
    [Query("sloppy", "Whether nodes that stand in for owners which do not answer count too; default true", Type = "boolean")]
    [Query("consistency", "strict: linearizable, every strict write that ended before is seen; eventual, the default: what a quorum shows")]
    [Header(KvRequest.CausalityHeader, "What the client has seen: the answer includes at least that, or is 503")]
    [Answer(200, "The value", "application/octet-stream")]
    [Answer(300, "Concurrent versions: merge them and write with the X-Causality of this answer", "application/json", "multipart/mixed")]
    [Answer(304, "The ETag sent in If-None-Match is still right")]
    [Answer(400, "bad-key, bad-quorum, bad-causality, bad-consistency")]
    [Answer(404, "key-not-found")]
    [Answer(503, "no-quorum, behind")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "kv/{key}")] HttpRequest request, string key)
    {
        var parsed = KvRequest.Parse(request, key, options);
        if (parsed.Refusal is { } refusal)
            return refusal;
        if (parsed.IsStrict)
            return KvAnswers.Of(parsed.Key, await store.GetStrictAsync(parsed.Key, request.HttpContext.RequestAborted), request);
        return KvAnswers.Of(parsed.Key, await store.GetAsync(parsed.Key, parsed.Read, request.HttpContext.RequestAborted), request);
    }

    [Function("kv-put")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Writes a key", Description = "Overwrites exactly the versions that X-Causality covers; without it, none: versions written by others stay beside this one. With If-Match, If-None-Match or consistency=strict the key becomes a strict register: one winner, values up to 128 KiB, and eventual writes are refused from then on.")]
    [Query("w", "Replicas that must hold the write before it is acknowledged, 1 to the copies kept (3); default 2", Type = "integer")]
    [Query("sloppy", "Whether nodes that keep a hint for owners which do not answer count too; default true", Type = "boolean")]
    [Query("consistency", "strict: replaces what is stored, linearizably; eventual: the default, unless there is a condition")]
    [Header(KvRequest.CausalityHeader, "What the client has seen: the token of its last read or write of this key; eventual writes only")]
    [Header("If-Match", "The ETag that must be stored, or *")]
    [Header("If-None-Match", "* when nothing may be stored, or ETags that may not")]
    [Body("application/octet-stream", "The value: any bytes up to 256 KiB; its Content-Type is kept")]
    [Answer(204, "Written; X-Causality covers this write")]
    [Answer(400, "bad-key, bad-quorum, bad-causality, bad-consistency, bad-condition, bad-content-type")]
    [Answer(409, "too-many-siblings, strict-key")]
    [Answer(412, "precondition-failed; the ETag is that of what is stored")]
    [Answer(413, "too-large")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Put([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "kv/{key}")] HttpRequest request, string key)
    {
        var parsed = KvRequest.Parse(request, key, options);
        if (parsed.Refusal is { } refusal)
            return refusal;

        var type = request.ContentType ?? "";
        if (type.Length > LongestContentType || !type.All(c => c is '\t' or (>= ' ' and <= '~')))
            return Problems.BadRequest("bad-content-type", $"Content-Type must be at most {LongestContentType} printable ASCII characters, so that it can be answered.");
        if (await BoundedBody.ReadAsync(request, KvStore.MaxValueBytes) is not { } value)
            return Problems.TooLarge($"A value has at most {KvStore.MaxValueBytes} bytes. Nothing was written.");

        if (parsed.IsStrict)
            return KvAnswers.Of(parsed.Key, await store.PutStrictAsync(parsed.Key, value, type, parsed.Condition, request.HttpContext.RequestAborted), request);
        var result = await store.PutAsync(
            parsed.Key, value, type, parsed.Seen ?? CausalContext.Empty, parsed.Write, request.HttpContext.RequestAborted);
        return KvAnswers.Of(parsed.Key, result, request);
    }

    [Function("kv-delete")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Deletes a key", Description = "Deletes the versions that X-Causality covers; without it, those that a quorum shows.")]
    [Query("w", "Replicas that must hold the deletion before it is acknowledged, 1 to the copies kept (3); default 2", Type = "integer")]
    [Query("sloppy", "Whether nodes that keep a hint for owners which do not answer count too; default true", Type = "boolean")]
    [Query("consistency", "strict: linearizably; eventual: the default, unless there is a condition")]
    [Header(KvRequest.CausalityHeader, "What the client has seen; eventual deletions only")]
    [Header("If-Match", "The ETag that must be stored, or *")]
    [Header("If-None-Match", "ETags that may not be stored")]
    [Answer(204, "Deleted, or nothing was there")]
    [Answer(400, "bad-key, bad-quorum, bad-causality, bad-consistency, bad-condition")]
    [Answer(409, "too-many-siblings, strict-key")]
    [Answer(412, "precondition-failed; the ETag is that of what is stored")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "kv/{key}")] HttpRequest request, string key)
    {
        var parsed = KvRequest.Parse(request, key, options);
        if (parsed.Refusal is { } refusal)
            return refusal;
        if (parsed.IsStrict)
            return KvAnswers.Of(parsed.Key, await store.PutStrictAsync(parsed.Key, null, null, parsed.Condition, request.HttpContext.RequestAborted), request);
        return KvAnswers.Of(parsed.Key, await store.DeleteAsync(parsed.Key, parsed.Seen, parsed.Write, request.HttpContext.RequestAborted), request);
    }

    [Function("kv-placement")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Tells where a key lies", Description = "Asks every owner of the key and shows what each of them holds.")]
    [Answer(200, "Partition, epoch, owners and their answers", "application/json")]
    [Answer(400, "bad-key")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Placement([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "kv/{key}/placement")] HttpRequest request, string key)
    {
        var parsed = KvRequest.Parse(request, key, options);
        if (parsed.Refusal is { } refusal)
            return refusal;
        return await store.LocateAsync(parsed.Key, request.HttpContext.RequestAborted) is { } placement
            ? Results.Json(placement)
            : Problems.NoQuorum(0, options.Value.ReadQuorum, "Too few nodes answer to tell the cluster's membership.");
    }
}
