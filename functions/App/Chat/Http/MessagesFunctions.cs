using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>What is said in rooms, over HTTP.</summary>
public sealed class MessagesFunctions(RoomSender sender, RoomStore rooms, RoomReader reader, RoomIds ids, TimeProvider clock)
{
    private const int MostBytes = 64 * 1024;
    private const int DefaultPage = 50;
    private const int MostPage = 200;

    [Function("rooms-message-put")]
    [Access(Access.Users)]
    [Operation("Sends a message, edits one or deletes one", Description = "Under a client id, a UUID (version 7 is best, version 4 is taken) that names it: however often it is sent, it is one event. Text has up to 4,000 "
        + "characters of any script. Edits and deletions are events of the same sequence, and only their message's author makes them.")]
    [Body("application/json", "{\"text\": \"Hello\", \"replyTo\"?: 12}, {\"edit\": 12, \"text\": \"Hello!\"} or {\"delete\": 12}")]
    [Answer(200, "It had been sent before: the event", "application/json", Schema = typeof(RoomEvent))]
    [Answer(201, "The event, with its number in the room", "application/json", Schema = typeof(RoomEvent))]
    [Answer(400, "bad-field, bad-json")]
    [Answer(403, "not-member, blocked, not-author")]
    [Answer(404, "unknown-room, unknown-message")]
    [Answer(409, "client-id-reused, message-deleted")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Put([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "rooms/{room}/messages/{clientId}")] HttpRequest request, string room, string clientId)
    {
        if (!RoomIds.IsRoom(room))
            return ChatAnswers.UnknownRoom();
        if (!ClientIds.IsValid(clientId))
            return Problems.BadField("clientId", "A client id is a UUID of version 7 or 4, in lower case. Nothing was stored.");
        var (wanted, refusal) = await ReadBody.AsAsync(request, MostBytes, MessageRequest.Read);
        if (wanted is null)
            return refusal!;
        if (await ids.NextAsync(request.HttpContext.RequestAborted) is not { } id)
            return ChatAnswers.NoQuorum();
        var order = new RoomOrder.Send(Caller.Of(request.HttpContext)!.Id, id, clock.GetUtcNow(), wanted.Kind, clientId, wanted.Text, wanted.ReplyTo, wanted.Target);
        switch (await sender.SendAsync(room, order, request.HttpContext.RequestAborted))
        {
            case RoomOutcome.Done(var one) done:
                await done.Told;
                return ChatAnswers.Json(one, StatusCodes.Status201Created);
            case RoomOutcome.Repeated(var one):
                return ChatAnswers.Json(one);
            case RoomOutcome.Refused(var why):
                return ChatAnswers.Of(why);
            default:
                return ChatAnswers.NoQuorum();
        }
    }

    [Function("rooms-messages-list")]
    [Access(Access.Users)]
    [Operation("Reads a room's events", Description = "In order, from either end: the last ones before a number, or the first ones after. A member sees them from that of joining on.")]
    [Query("before", "Only events with a smaller number; default: the last ones", Type = "integer")]
    [Query("after", "Only events with a greater number, the first ones of them", Type = "integer")]
    [Query("limit", "1 to 200; default 50", Type = "integer")]
    [Answer(200, "Events, and whether there are more on that side", "application/json", Schema = typeof(HistoryPage))]
    [Answer(400, "bad-field")]
    [Answer(403, "not-member")]
    [Answer(404, "unknown-room")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "rooms/{room}/messages")] HttpRequest request, string room)
    {
        if (!RoomIds.IsRoom(room))
            return ChatAnswers.UnknownRoom();
        var (before, after) = (ChatAnswers.NumberOf(request, "before", long.MaxValue), ChatAnswers.NumberOf(request, "after", 0));
        if (before is null || after is null)
            return Problems.BadField(before is null ? "before" : "after", "before and after are numbers of events.");
        if (ChatAnswers.NumberOf(request, "limit", DefaultPage) is not (>= 1 and <= MostPage and var limit))
            return Problems.BadField("limit", $"limit must be a whole number from 1 to {MostPage}.");
        var aborted = request.HttpContext.RequestAborted;
        switch (await rooms.LatestAsync(room, aborted))
        {
            case DocumentRead<Room>.NoQuorum(var answered, var needed):
                return ChatAnswers.NoQuorum(answered, needed);
            case DocumentRead<Room>.Held { Value: { } held }:
                if (held.MemberOf(Caller.Of(request.HttpContext)!.Id) is not { } member)
                    return ChatAnswers.NotMember();
                var (least, most) = (Math.Max(member.Since, after.Value + 1), Math.Min(held.Seq, before.Value - 1));
                var forward = request.Query.ContainsKey("after");
                var (from, to) = forward ? (least, Math.Min(most, least - 1 + limit)) : (Math.Max(least, most + 1 - limit), most);
                return await reader.ReadAsync(room, held, from, to, aborted) is { } events
                    ? ChatAnswers.Json(new HistoryPage(events, forward ? to < most : from > least))
                    : ChatAnswers.NoQuorum();
            default:
                return ChatAnswers.UnknownRoom();
        }
    }
}
