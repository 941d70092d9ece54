using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Chat;

/// <summary>Brings devices up to date, over HTTP.</summary>
public sealed class SyncFunctions(Syncing syncing)
{
    private const int MostBytes = 64 * 1024;

    [Function("chat-sync")]
    [Access(Access.Users)]
    [Operation("Brings a device up to date", Description = "The device tells the last event that it has of each room that it knows. It gets all rooms of its user, each with what it lacks (recovered: true), or, when that "
        + "is more than 200 events, with where to begin anew (recovered: false): the events before can be read as history.")]
    [Body("application/json", "{\"rooms\": {\"01890a5d-ac96-774b-bcce-b302099a8057\": 12}}")]
    [Answer(200, "Rooms with their events, members and marks; and which named rooms the caller is not in", "application/json", Schema = typeof(SyncAnswer))]
    [Answer(400, "bad-field, bad-json")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Sync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sync")] HttpRequest request)
    {
        var (wanted, refusal) = await ReadBody.AsAsync(request, MostBytes, Positions);
        if (wanted is null)
            return refusal!;
        var user = Caller.Of(request.HttpContext)!.Id;
        return await syncing.RunAsync(user, wanted, request.HttpContext.RequestAborted) switch
        {
            SyncResult.Done(var rooms, var gone) => ChatAnswers.Json(new SyncAnswer(ChatEvents.Version, rooms.Select(one => View(one, user)), gone)),
            SyncResult.FromTheFuture(var room, var seq) => Problems.BadField($"rooms.{room}", $"The room's last event is {seq}. Nothing was stored."),
            _ => ChatAnswers.NoQuorum(),
        };
    }

    private static SyncedRoomView View(SyncedRoom one, string user) =>
        new(ChatAnswers.View(one.Plan.Name, one.Plan.Room, user, one.Marks), one.Plan.Recovered, one.Plan.From, one.Events);

    private static ImmutableDictionary<string, long> Positions(ObjectReader body)
    {
        var positions = ImmutableDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        if (body.Object("rooms", needed: true) is not { } rooms)
            return positions.ToImmutable();
        foreach (var (name, value) in rooms.Entries())
        {
            if (!RoomIds.IsRoom(name))
                rooms.Refuse(name, "A room's id is a UUID of version 4 or 7, in lower case.");
            else if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var seq) || seq < 0)
                rooms.Refuse(name, "A position is the number of an event, or 0.");
            else
                positions[name] = seq;
        }

        if (positions.Count > Memberships.MostRooms)
            body.Refuse("rooms", $"Nobody is in more than {Memberships.MostRooms} rooms.");
        return positions.ToImmutable();
    }
}
