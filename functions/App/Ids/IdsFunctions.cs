using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Ids;

/// <summary>Unique ids over HTTP.</summary>
public sealed class IdsFunctions(IdIssuer issuer, IdDecoder decoder)
{
    [Function("ids-issue")]
    [Idempotent]
    [Access(Access.Services | Access.Operators)]
    [Operation("Issues ids", Description = "Each is issued once, whatever fails in any one region. Ids are strings.")]
    [Query("count", "How many: 1 to 10,000, default 1", Type = "integer")]
    [Query("strategy", "snowflake (default), uuid7, uuid4, ticket or multimaster")]
    [Query("name", "The sequence, for ticket and multimaster: 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'; default \"default\"")]
    [Answer(200, "The ids, in the order in which they were issued", "application/json")]
    [Answer(400, "bad-count, bad-strategy, bad-name")]
    [Answer(409, "ids-used-up")]
    [Answer(503, "worker-ids-exhausted, ids-unavailable, ids-layout-changed, datacenter-ids-exhausted")]
    public async Task<IResult> Issue([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "ids")] HttpRequest request)
    {
        var (asked, refusal) = IdsRequest.Parse(request.Query);
        return refusal ?? IdsAnswers.Of(await issuer.IssueAsync(asked!, request.HttpContext.RequestAborted));
    }

    [Function("ids-decode")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Reads an id", Description = "Tells its strategy and, where the id carries them, time, datacenter, worker and sequence.")]
    [Answer(200, "What the id tells", "application/json")]
    [Answer(400, "bad-id")]
    public async Task<IResult> Decode([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ids/{id}")] HttpRequest request, string id) =>
        IdsAnswers.Of(await decoder.DecodeAsync(id, request.HttpContext.RequestAborted));
}
