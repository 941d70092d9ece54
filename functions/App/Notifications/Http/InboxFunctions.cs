using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>The list of notifications inside the app, over HTTP.</summary>
public sealed class InboxFunctions(InboxStore inbox)
{
    private const int DefaultPage = 50;

    [Function("notifications-inbox")]
    [Access(Access.Self | Access.Services)]
    [Operation("Lists a user's notifications inside the app", Description = "The newest first; the latest 200 are kept, fewer when they are long.")]
    [Query("before", "Only entries with a smaller number: the number of the last one of the page before", Type = "integer")]
    [Query("limit", "1 to 200; default 50", Type = "integer")]
    [Answer(200, "Entries, how many are unread, and up to which number they were read", "application/json")]
    [Answer(400, "bad-field")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{user}/inbox")] HttpRequest request, string user)
    {
        if (UserNames.Refusal(user) is { } unnamed)
            return unnamed;
        var (before, limit) = (NumberOf(request, "before", long.MaxValue), NumberOf(request, "limit", DefaultPage));
        if (before is null)
            return Problems.BadField("before", "before must be a whole number.");
        if (limit is null or < 1 or > InboxList.MostEntries)
            return Problems.BadField("limit", $"limit must be a whole number from 1 to {InboxList.MostEntries}.");
        if (await inbox.ReadAsync(user, request.HttpContext.RequestAborted) is not DocumentRead<InboxList>.Held(var stored))
            return LedgerAnswers.NoQuorum(0, 0);
        var list = stored ?? InboxList.Empty;
        return Results.Json(new
        {
            entries = list.Entries.Reverse().Where(entry => entry.Number < before).Take((int)limit.Value).Select(entry => InboxAnswers.Of(entry)),
            unread = list.Unread,
            read = list.Read,
        });
    }

    [Function("notifications-inbox-read")]
    [Access(Access.Self | Access.Services)]
    [Operation("Marks a user's notifications as read", Description = "All up to a number; it never goes back.")]
    [Body("application/json", "{\"upTo\": 12}")]
    [Answer(200, "How many are unread now", "application/json")]
    [Answer(400, "bad-field, bad-json")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> MarkRead([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "users/{user}/inbox/read")] HttpRequest request, string user)
    {
        if (UserNames.Refusal(user) is { } unnamed)
            return unnamed;
        var (body, refusal) = await JsonBody.ReadAsync(request, 1024);
        if (body is null)
            return refusal!;
        using (body)
        {
            if (!body.RootElement.TryGetProperty("upTo", out var field) || field.ValueKind != System.Text.Json.JsonValueKind.Number || !field.TryGetInt64(out var upTo) || upTo < 0)
                return Problems.BadField("upTo", "upTo must be the number of an entry.");
            return await inbox.MarkReadAsync(user, upTo, request.HttpContext.RequestAborted) switch
            {
                DocumentChange<InboxList>.Written(var list) => Results.Json(new { unread = list.Unread, read = list.Read }),
                DocumentChange<InboxList>.Unchanged(var list) => Results.Json(new { unread = list?.Unread ?? 0, read = list?.Read ?? 0 }),
                _ => LedgerAnswers.NoQuorum(0, 0),
            };
        }
    }

    private static long? NumberOf(HttpRequest request, string name, long otherwise)
    {
        if (!request.Query.TryGetValue(name, out var text))
            return otherwise;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
