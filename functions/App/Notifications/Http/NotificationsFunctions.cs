using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Notifications;

/// <summary>Notifications over HTTP: sending, and the ledger.</summary>
public sealed class NotificationsFunctions(NotificationSender sender, LedgerReader ledger, DeadLetters dead, Revival revival)
{
    private const string Dead = "dead";

    [Function("notifications-send")]
    [Access(Access.Services | Access.Operators)]
    [Idempotent]
    [Operation("Sends a notification", Description = "To 1 to 500 recipients, on the channels that are wanted or, without any, on all that it has content for and the recipients allow. Checked whole before anything is stored; once accepted it is delivered or the ledger says why not. With an Idempotency-Key it is the same notification however often it is sent.")]
    [Body("application/json", "{\"recipients\": [\"alice\", {\"user\": \"bob\", \"data\": {…}}], \"category\": \"orders\", \"template\": \"shipped\", \"version\": 3, \"data\": {…} or \"text\": {\"title\", \"body\"}, \"priority\": \"normal\" or \"high\", \"notBefore\", \"expires\", \"collapseKey\", \"channels\": [\"push\", \"sms\", \"email\", \"inapp\"]}, at most 96 KiB")]
    [Answer(202, "Accepted: its id, and how many recipients; suppressed names those whose settings allow nothing", "application/json")]
    [Answer(400, "bad-field, with the field's path; bad-json")]
    [Answer(409, "id-taken: the Idempotency-Key named another notification, longer ago than keys are remembered")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum, backlog-full")]
    public Task<IResult> Send([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "notifications")] HttpRequest request) => sender.SendAsync(request);

    [Function("notifications-get")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Tells what became of a notification", Description = "Each delivery with its state, its attempts and what the provider said; unknown means that an attempt may have arrived without our knowing.")]
    [Query("user", "Only this recipient's deliveries")]
    [Query("after", "Only deliveries after this one: next of the page before")]
    [Query("limit", "1 to 1,000; default 100", Type = "integer")]
    [Answer(200, "The ledger", "application/json")]
    [Answer(400, "bad-field")]
    [Answer(404, "unknown-notification")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "notifications/{id}")] HttpRequest request, string id)
    {
        if (PageSize.Of(request, LedgerAnswers.DefaultPage, LedgerAnswers.MostPage) is not { } limit)
            return Problems.BadField("limit", $"limit must be a whole number from 1 to {LedgerAnswers.MostPage}.");
        if (!ChunkName.IsId(id))
            return LedgerAnswers.Unknown();
        return await ledger.ReadAsync(id, request.HttpContext.RequestAborted) switch
        {
            LedgerRead.Found found => LedgerAnswers.Of(found, Text(request, "user"), Text(request, "after"), limit),
            LedgerRead.NoQuorum(var answered, var needed) => LedgerAnswers.NoQuorum(answered, needed),
            _ => LedgerAnswers.Unknown(),
        };
    }

    [Function("notifications-list")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Lists dead letters", Description = "Deliveries that were tried as often as they may be, and chunks of recipients whose messages no worker could carry out; the latest 500 of each of 8 registers are kept.")]
    [Query("state", "dead, the only one")]
    [Query("after", "Only dead letters after this one: next of the page before")]
    [Query("limit", "1 to 1,000; default 100", Type = "integer")]
    [Answer(200, "Dead letters, the latest first", "application/json")]
    [Answer(400, "bad-field")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "notifications")] HttpRequest request)
    {
        if (Text(request, "state") is not Dead)
            return Problems.BadField("state", "state must be dead.");
        if (PageSize.Of(request, LedgerAnswers.DefaultPage, LedgerAnswers.MostPage) is not { } limit)
            return Problems.BadField("limit", $"limit must be a whole number from 1 to {LedgerAnswers.MostPage}.");
        if (await dead.ListAsync(request.HttpContext.RequestAborted) is not { } letters)
            return LedgerAnswers.NoQuorum(0, 0);
        var after = Text(request, "after");
        var left = after is null ? letters : [.. letters.SkipWhile(letter => letter.Id != after).Skip(1)];
        return Results.Json(new { dead = left.Take(limit), next = left.Count > limit ? left[limit - 1].Id : null });
    }

    [Function("notifications-retry")]
    [Access(Access.Services | Access.Operators)]
    [Idempotent]
    [Operation("Lets a dead letter begin anew", Description = "A delivery that failed or was given up in doubt, by its id in the ledger, or a chunk of recipients, by its id among the dead letters. Never one whose address is dead.")]
    [Answer(202, "It begins anew")]
    [Answer(404, "unknown-dead-letter")]
    [Answer(409, "not-retryable")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Retry([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "notifications/dead/{id}/retry")] HttpRequest request, string id) =>
        await revival.ReviveAsync(id, request.HttpContext.RequestAborted) switch
        {
            RevivalResult.Revived => Results.StatusCode(StatusCodes.Status202Accepted),
            RevivalResult.Refused(var why) => Problems.Conflict("not-retryable", why),
            RevivalResult.Unknown => Problems.NotFound("unknown-dead-letter", "Nothing of this id waits among the dead letters or in the ledger."),
            _ => LedgerAnswers.NoQuorum(0, 0),
        };

    private static string? Text(HttpRequest request, string name) => request.Query[name].ToString() is { Length: > 0 } text ? text : null;
}
