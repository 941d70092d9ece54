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
    [Answer(200, "queued, running, done or expired; when done, its answer: status, content type and body", "application/json")]
    [Answer(404, "unknown-replay")]
    [Answer(503, "replays-unavailable")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "replays/{id}")] HttpRequest request, string id)
    {
        if (id.Length != ReplayQueue.IdDigits || !id.All(char.IsAsciiHexDigitLower))
            return Unknown();
        if (await store.ReadAsync(id, request.HttpContext.RequestAborted) is not { } stored)
            return Problems.Unavailable("replays-unavailable", "It cannot be told now", "The home of the request does not answer.", TimeSpan.FromSeconds(1));
        if (stored.Record is not { } record || record.Owner != ReplayQueue.OwnerOf(Caller.Of(request.HttpContext)!))
            return Unknown();
        return Results.Json(new
        {
            id,
            status = record.Stage.ToString().ToLowerInvariant(),
            since = record.Since,
            answer = record.Answer is { } answer ? new { status = answer.Status, contentType = answer.ContentType, body = Encoding.UTF8.GetString(answer.Body) } : null,
        });
    }

    private static IResult Unknown() => Problems.NotFound("unknown-replay", "No request of yours that was put off in the last 24 hours has this id.");
}
