using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>Rooms over HTTP.</summary>
public sealed class RoomsFunctions(RoomOpening opening, RoomStore rooms, RoomListing listing, Marks marks, RoomIds ids, TimeProvider clock)
{
    private const int MostBytes = 64 * 1024;

    [Function("rooms-put")]
    [Access(Access.Users)]
    [Operation("Opens a room, or renames a group", Description = "The room's id is a UUID (version 4 or 7) that the caller makes. A group begins with the members that are named and its owner, who opens it. A direct room "
        + "needs that both are contacts; two people have one, so the answer may be a room of another id. A room that exists is answered as it is; its owner may give it another name so.")]
    [Body("application/json", "{\"name\": \"Team\", \"members\": [\"bob\", \"carol\"]} or {\"with\": \"bob\"}")]
    [Answer(200, "It existed", "application/json", Schema = typeof(RoomView))]
    [Answer(201, "It is new", "application/json", Schema = typeof(RoomView))]
    [Answer(400, "bad-field, bad-json")]
    [Answer(403, "not-member, not-owner, not-contacts, blocked")]
    [Answer(409, "rooms-full")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Put([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "rooms/{room}")] HttpRequest request, string room)
    {
        if (Caller.Of(request.HttpContext)!.Id is var user && UserNames.Refusal(user) is { } unnamed)
            return unnamed;
        if (!RoomIds.IsRoom(room))
            return Problems.BadField("room", "A room's id is a UUID of version 4 or 7, in lower case. Nothing was stored.");
        var (wanted, refusal) = await ReadBody.AsAsync(request, MostBytes, body => RoomRequest.Read(body, user));
        if (wanted is null)
            return refusal!;
        var aborted = request.HttpContext.RequestAborted;
        if (wanted.With is { } other)
            return ChatAnswers.Of(await opening.DirectAsync(room, user, other, aborted), user);
        var opened = await opening.GroupAsync(room, user, wanted.Name!, wanted.Members, aborted);
        if (opened is not OpenResult.Open(_, { } known, false) || known.MemberOf(user) is null || known.Name == wanted.Name)
            return ChatAnswers.Of(opened, user);
        if (await ids.NextAsync(aborted) is not { } id)
            return ChatAnswers.NoQuorum();
        return await rooms.RunAsync(room, new RoomOrder.Rename(user, id, clock.GetUtcNow(), wanted.Name!)) switch
        {
            RoomOutcome.Done or RoomOutcome.Settled => ChatAnswers.Json(ChatAnswers.View(room, known with { Name = wanted.Name }, user, null)),
            RoomOutcome.Refused(var why) => ChatAnswers.Of(why),
            _ => ChatAnswers.NoQuorum(),
        };
    }

    [Function("rooms-get")]
    [Access(Access.Users)]
    [Operation("Tells of a room", Description = "Its members with how far each has received and read, and the number of its last event.")]
    [Answer(200, "The room", "application/json", Schema = typeof(RoomView))]
    [Answer(403, "not-member")]
    [Answer(404, "unknown-room")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "rooms/{room}")] HttpRequest request, string room)
    {
        var (user, aborted) = (Caller.Of(request.HttpContext)!.Id, request.HttpContext.RequestAborted);
        if (!RoomIds.IsRoom(room))
            return ChatAnswers.UnknownRoom();
        var (held, read) = (rooms.LatestAsync(room, aborted), marks.OfAsync(room, aborted));
        return (await held, await read) switch
        {
            (DocumentRead<Room>.Held { Value: null }, _) => ChatAnswers.UnknownRoom(),
            (DocumentRead<Room>.Held { Value: { } known }, _) when known.MemberOf(user) is null => ChatAnswers.NotMember(),
            (DocumentRead<Room>.Held { Value: { } known }, { } all) => ChatAnswers.Json(ChatAnswers.View(room, known, user, all)),
            _ => ChatAnswers.NoQuorum(),
        };
    }

    [Function("rooms-list")]
    [Access(Access.Users)]
    [Operation("Lists the caller's rooms", Description = "In the order of their ids, each with its last message, how far the caller has read, and how many messages of others are unread: 100 means 100 or more.")]
    [Query("after", "Only rooms after this one: the last of the page before")]
    [Query("limit", "1 to 100; default 100", Type = "integer")]
    [Answer(200, "Rooms, and where the next page begins", "application/json", Schema = typeof(RoomPage))]
    [Answer(400, "bad-field")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "rooms")] HttpRequest request)
    {
        if (ChatAnswers.NumberOf(request, "limit", RoomListing.MostRooms) is not (>= 1 and <= RoomListing.MostRooms and var limit))
            return Problems.BadField("limit", $"limit must be a whole number from 1 to {RoomListing.MostRooms}.");
        return await listing.PageAsync(Caller.Of(request.HttpContext)!.Id, request.Query["after"].ToString(), (int)limit, request.HttpContext.RequestAborted) is { } page
            ? ChatAnswers.Json(new RoomPage(page.Rooms, page.Next))
            : ChatAnswers.NoQuorum();
    }

    [Function("rooms-member-put")]
    [Access(Access.Users)]
    [Operation("Brings somebody into a group", Description = "For its owner. Who joins sees what is said from then on.")]
    [Answer(204, "They are in it, now or before")]
    [Answer(400, "bad-field")]
    [Answer(403, "not-member, not-owner, blocked")]
    [Answer(404, "unknown-room")]
    [Answer(409, "members-full, rooms-full, direct-room")]
    [Answer(413, "too-large")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> AddMember([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "rooms/{room}/members/{user}")] HttpRequest request, string room, string user)
    {
        if (UserNames.Refusal(user) is { } unnamed)
            return unnamed;
        var by = Caller.Of(request.HttpContext)!.Id;
        return RoomIds.IsRoom(room) ? ChatAnswers.Of(await opening.AddAsync(room, by, user, request.HttpContext.RequestAborted), by) : ChatAnswers.UnknownRoom();
    }

    [Function("rooms-member-delete")]
    [Access(Access.Users)]
    [Operation("Takes somebody out of a group", Description = "For its owner; anybody may leave. When the owner leaves, the room is that of whoever has been in it longest.")]
    [Answer(204, "They are out of it")]
    [Answer(400, "bad-field")]
    [Answer(403, "not-member, not-owner")]
    [Answer(404, "unknown-room, unknown-member")]
    [Answer(409, "direct-room")]
    [Answer(413, "too-large")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> RemoveMember([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "rooms/{room}/members/{user}")] HttpRequest request, string room, string user)
    {
        if (UserNames.Refusal(user) is { } unnamed)
            return unnamed;
        var by = Caller.Of(request.HttpContext)!.Id;
        return RoomIds.IsRoom(room) ? ChatAnswers.Of(await opening.RemoveAsync(room, by, user, request.HttpContext.RequestAborted), by) : ChatAnswers.UnknownRoom();
    }
}
