using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Notifications;

/// <summary>Where recipients' apps and mails tell that a notification was opened or clicked. The link is signed; nothing else identifies who calls.</summary>
public sealed class NotificationEventsFunctions(EventLinks links, EventRecorder recorder)
{
    private const int MostBytes = 4 * 1024;

    [Function("notifications-events")]
    [Access(Access.Anyone)]
    [Operation("Notes that a notification was opened or clicked", Description = "At the address that came with the notification (eventsUrl), which is signed. Each is noted once; who clicked has opened it.")]
    [Query("token", "As it stands in the address")]
    [Body("application/json", "{\"event\": \"opened\"} or {\"event\": \"clicked\"}")]
    [Answer(204, "Noted, now or before")]
    [Answer(400, "bad-field, bad-json")]
    [Answer(404, "unknown-address: it was not given out for this notification; unknown-notification")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Note([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "notifications/{id}/events")] HttpRequest request, string id)
    {
        if (links.Read(id, request.Query["token"]) is not { } delivery)
            return Problems.NotFound("unknown-address", "Events are taken only at the address that came with the notification.");
        var (body, refusal) = await JsonBody.ReadAsync(request, MostBytes);
        if (body is null)
            return refusal!;
        using (body)
        {
            DeliveryEvent? what = !body.RootElement.TryGetProperty("event", out var field) || field.ValueKind != JsonValueKind.String ? null
                : field.GetString() switch { "opened" => DeliveryEvent.Opened, "clicked" => DeliveryEvent.Clicked, _ => null };
            if (what is null)
                return Problems.BadField("event", "event must be opened or clicked.");
            return await recorder.RecordAsync(delivery, what.Value, request.HttpContext.RequestAborted) switch
            {
                true => Results.NoContent(),
                false => LedgerAnswers.NoQuorum(0, 0),
                null => LedgerAnswers.Unknown(),
            };
        }
    }
}
