using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Chat;

/// <summary>Who is there, over HTTP.</summary>
public sealed class PresenceFunctions(Heartbeats heartbeats, Acquaintance acquaintance)
{
    private const int MostBytes = 8 * 1024;
    private const int MostUsers = 100;
    private const int MostLooking = 5;
    private const int LongestDevice = 40;

    [Function("presence-put")]
    [Access(Access.Users)]
    [Operation("Tells that a device is there, or goes", Description = "A heartbeat: at connecting (connected: true), every 60 s after, and when something changes. After 140 s without one a device is gone. It keeps the "
        + "caller in the groups of the caller's rooms, which is what pushes go to, and answers how far each room is: a device that has less asks for it with POST /sync.")]
    [Body("application/json", "{\"device\": \"laptop\", \"status\"?: \"auto\", \"away\" (nobody is at it) or \"offline\" (it goes), \"invisible\"?: whether others are to see the user as offline, until any device says otherwise, \"looking\"?: [rooms that are open on it, up to 5], \"connected\"?: true, \"region\"?: as the negotiation said}")]
    [Answer(200, "The number of the last event of each room, and whether the user is invisible", "application/json", Schema = typeof(HeartbeatAnswer))]
    [Answer(204, "With offline: the device is gone")]
    [Answer(400, "bad-field, bad-json")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Put([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "presence")] HttpRequest request)
    {
        var (wanted, refusal) = await ReadBody.AsAsync(request, MostBytes, Read);
        if (wanted is null)
            return refusal!;
        var (user, aborted) = (Caller.Of(request.HttpContext)!.Id, request.HttpContext.RequestAborted);
        if (UserNames.Refusal(user) is { } unnamed)
            return unnamed;
        if (wanted.Goes)
            return await heartbeats.LeaveAsync(user, wanted.Beat.Device, aborted) ? Results.NoContent() : ChatAnswers.NoQuorum();
        return await heartbeats.BeatAsync(user, wanted.Beat, aborted) is { } pulse
            ? ChatAnswers.Json(new HeartbeatAnswer(pulse.Heads, (int)Heartbeats.Every.TotalSeconds, pulse.IsInvisible))
            : ChatAnswers.NoQuorum();
    }

    [Function("presence-get")]
    [Access(Access.Users)]
    [Operation("Tells who is there", Description = "Of the caller's contacts and of those who share a room with the caller; nothing is told of others. Whoever was last seen more than 140 s ago is offline.")]
    [Query("users", "Up to 100 users, with commas between")]
    [Answer(200, "Status and last seen, by user", "application/json", Schema = typeof(PresenceAnswer))]
    [Answer(400, "bad-field")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "presence")] HttpRequest request)
    {
        var users = request.Query["users"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).ToList();
        if (users.Count is 0 or > MostUsers || users.Exists(user => !UserNames.IsValid(user)))
            return Problems.BadField("users", $"users names 1 to {MostUsers} users, with commas between.");
        return await acquaintance.SeenAsync(Caller.Of(request.HttpContext)!.Id, users, request.HttpContext.RequestAborted) is { } seen
            ? ChatAnswers.Json(new PresenceAnswer(seen.ToDictionary(one => one.User, one => new PresenceView(one.Status, one.LastSeen))))
            : ChatAnswers.NoQuorum();
    }

    private static PresenceRequest Read(ObjectReader body)
    {
        var device = body.Text("device", LongestDevice, needed: true) ?? "";
        if (device.Any(char.IsControl))
            body.Refuse("device", "A device's name has no control characters.");
        var goes = false;
        var isAway = body.Word<bool>("status", word =>
        {
            goes = word == "offline";
            return word switch { "auto" or "offline" => false, "away" => true, _ => null };
        }, "auto, away or offline");
        var looking = ImmutableArray.CreateBuilder<string>();
        foreach (var (element, path) in body.List("looking", 0, MostLooking))
        {
            if (element.ValueKind == JsonValueKind.String && RoomIds.IsRoom(element.GetString()))
                looking.Add(element.GetString()!);
            else
                body.Problem.Add(path, "looking lists ids of rooms.");
        }

        return new PresenceRequest(new Heartbeat(device, isAway, body.Flag("invisible"), looking.ToImmutable(), body.Flag("connected") ?? false, body.Text("region", 64)), goes);
    }

    private sealed record PresenceRequest(Heartbeat Beat, bool Goes);
}
