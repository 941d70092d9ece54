using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>How far members are, and that they are writing, over HTTP.</summary>
public sealed class MarksFunctions(RoomStore rooms, Marks marks, Pushes pushes)
{
    private const int MostBytes = 1024;

    [Function("rooms-read")]
    [Access(Access.Users)]
    [Operation("Tells how far the caller has received and read", Description = "Both only ever grow; what is read has been received. The other members are told.")]
    [Body("application/json", "{\"received\": 12, \"read\": 10}, or one of them")]
    [Answer(200, "How far, now", "application/json", Schema = typeof(MarkView))]
    [Answer(400, "bad-field, bad-json")]
    [Answer(403, "not-member")]
    [Answer(404, "unknown-room")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Read([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "rooms/{room}/read")] HttpRequest request, string room)
    {
        var (wanted, refusal) = await ReadBody.AsAsync(request, MostBytes, body =>
        {
            var (received, read) = (body.LongNumber("received", 0, long.MaxValue), body.LongNumber("read", 0, long.MaxValue, needed: !body.Has("received")));
            return new MarkRequest(received ?? 0, read ?? 0);
        });
        if (wanted is null)
            return refusal!;
        var user = Caller.Of(request.HttpContext)!.Id;
        var (held, wrong) = await HeldAsync(room, user, request.HttpContext.RequestAborted);
        if (held is null)
            return wrong!;
        if (Math.Max(wanted.Received, wanted.Read) > held.Seq)
            return Problems.BadField(wanted.Read > held.Seq ? "read" : "received", $"The room's last event is {held.Seq}. Nothing was stored.");
        if (await marks.MoveAsync(room, user, new Mark(Math.Max(wanted.Received, wanted.Read), wanted.Read)) is not MarkOutcome.Now(var mark, var moved))
            return ChatAnswers.NoQuorum();
        if (moved)
            await pushes.ToRoomAsync(room, ChatEvents.Marks(room, user, mark));
        return ChatAnswers.Json(new MarkView(mark.Received, mark.Read));
    }

    [Function("rooms-typing")]
    [Access(Access.Users)]
    [Operation("Tells that the caller writes, or has stopped", Description = "Told to those who are connected, and never stored. To be repeated every 10 s while it lasts; it ends by itself after 15 s.")]
    [Body("application/json", "{\"typing\": true}")]
    [Answer(204, "Told")]
    [Answer(400, "bad-field, bad-json")]
    [Answer(403, "not-member")]
    [Answer(404, "unknown-room")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Typing([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "rooms/{room}/typing")] HttpRequest request, string room)
    {
        var (wanted, refusal) = await ReadBody.AsAsync(request, MostBytes, body => new TypingRequest(body.Flag("typing", needed: true) ?? false));
        if (wanted is null)
            return refusal!;
        var user = Caller.Of(request.HttpContext)!.Id;
        var (held, wrong) = await HeldAsync(room, user, request.HttpContext.RequestAborted);
        if (held is null)
            return wrong!;
        if (held.Blocks.Length > 0)
            return ChatAnswers.Of(RoomRefusal.Blocked);
        await pushes.ToRoomAsync(room, ChatEvents.Typing(room, user, wanted.Typing));
        return Results.NoContent();
    }

    private async Task<(Room? Room, IResult? Refusal)> HeldAsync(string room, string user, CancellationToken cancellationToken) =>
        !RoomIds.IsRoom(room) ? (null, ChatAnswers.UnknownRoom()) : await rooms.GlanceAsync(room, cancellationToken) switch
        {
            DocumentRead<Room>.NoQuorum(var answered, var needed) => (null, ChatAnswers.NoQuorum(answered, needed)),
            DocumentRead<Room>.Held { Value: { } held } => held.MemberOf(user) is null ? (null, ChatAnswers.NotMember()) : (held, null),
            _ => (null, ChatAnswers.UnknownRoom()),
        };

    private sealed record MarkRequest(long Received, long Read);

    private sealed record TypingRequest(bool Typing);
}
