using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Limits;

/// <summary>Carries out requests that were put off, and tells what became of them.</summary>
public sealed class ReplayFunctions(ReplayRunner runner, ReplayStore store)
{
    [Function("replays-run")]
    public Task Run([ServiceBusTrigger(ReplayRunner.Queue, Connection = "ServiceBus")] ReplayMessage message, FunctionContext context, CancellationToken cancellationToken) =>
        runner.RunAsync(message, cancellationToken);

    [Function("replays-get")]
    [Access(Access.Services | Access.Users)]
    [Operation("Tells what became of a request that was put off", Description = "To whoever sent it. A request is carried out once, when the limit that put it off lets it, or within an hour not at all.")]
    [Answer(200, "queued, done or expired; when done, its answer: status, content type and body", "application/json")]
    [Answer(404, "unknown-replay")]
    [Answer(503, "replays-unavailable")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "replays/{id}")] HttpRequest request, string id)
    {
        var isId = id.Length == 32 && id.All(char.IsAsciiHexDigitLower);
        var (isKnown, record) = isId ? await store.ReadAsync(id, request.HttpContext.RequestAborted) : (true, null);
        if (!isKnown)
            return Problems.Unavailable("replays-unavailable", "It cannot be told now", "Too few replicas answered.", TimeSpan.FromSeconds(1));
        if (record is null || record.Owner != ReplayQueue.OwnerOf(Caller.Of(request.HttpContext)!))
            return Problems.NotFound("unknown-replay", "No request of yours that was put off has this id.");
        return Results.Json(new
        {
            id,
            status = record.Stage.ToString().ToLowerInvariant(),
            since = record.Since,
            answer = record.Answer is { } answer ? new { status = answer.Status, contentType = answer.ContentType, body = Encoding.UTF8.GetString(answer.Body) } : null,
        });
    }
}
