using System.Text.Json;
using Microsoft.Extensions.Logging;
using Serverless.Ids;
using Serverless.Queues;
using Serverless.Realtime;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>
/// Tells those who are connected: in this region at once, in the others through the queue, which repeats until it has done so. All of it may be lost, repeated and out of order: clients go by
/// the numbers, and ask for what they miss.
/// </summary>
public sealed partial class Pushes
{
    /// <summary>The client's method that all of the room's pushes call.</summary>
    internal const string Target = "chat";

    /// <summary>The queue of what other regions are to be told.</summary>
    internal const string Queue = "chat-relay";

    /// <summary>How long somebody stays in a group without a heartbeat that renews it: 30 minutes.</summary>
    internal static readonly TimeSpan GroupLife = TimeSpan.FromMinutes(30);

    /// <summary>A region that could not be told for so long is not told any more: heartbeats have done it.</summary>
    internal static readonly TimeSpan LongestWay = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    // A push that takes longer is not waited for by whoever sent the message.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    // What a message on a queue holds besides what it pushes.
    private const int MostRelayedBytes = 40 * 1024;

    /// <summary>The region of this instance.</summary>
    internal string Here => _regions.Here;

    private readonly RealtimeRegions _regions;
    private readonly IMessageSender _sender;
    private readonly Uuid7Generator _ids;
    private readonly TimeProvider _clock;
    private readonly ChatMetrics _metrics;
    private readonly ILogger<Pushes> _logger;

    internal Pushes(RealtimeRegions regions, IMessageSender sender, Uuid7Generator ids, TimeProvider clock, ChatMetrics metrics, ILogger<Pushes> logger) =>
        (_regions, _sender, _ids, _clock, _metrics, _logger) = (regions, sender, ids, clock, metrics, logger);

    /// <summary>The group of those who are in a room.</summary>
    internal static string GroupOf(string room) => $"room:{room}";

    /// <summary>The group of those who look at a room, and so at who is there.</summary>
    internal static string LookersOf(string room) => $"look:{room}";

    /// <param name="room">Whose members.</param>
    /// <param name="payload">What is said.</param>
    /// <param name="brief">What is said to other regions when that is too long for a queue.</param>
    internal Task ToRoomAsync(string room, object payload, object? brief = null) => SendAsync("group", [GroupOf(room)], null, payload, brief);

    internal Task ToLookersAsync(IEnumerable<string> rooms, object payload) => SendAsync("group", [.. rooms.Select(LookersOf)], null, payload);

    internal Task ToUserAsync(string user, object payload) => SendAsync("user", [], user, payload);

    internal Task JoinAsync(string user, string room) => SendAsync("join", [GroupOf(room)], user, null);

    internal Task LeaveAsync(string user, string room) => SendAsync("leave", [GroupOf(room), LookersOf(room)], user, null);

    /// <summary>Takes a user into groups of one region, when a device connects and from time to time after.</summary>
    internal Task EnterAsync(string region, string user, IEnumerable<string> groups) => _regions.Of(region) is not { } realtime ? Task.CompletedTask : GuardedAsync("here", token => Parallel.ForEachAsync(
        groups, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = token }, async (group, cancelled) => await realtime.JoinAsync(user, group, GroupLife, cancelled)));

    /// <summary>Tells the other regions what one of this region's instances has put on the queue; those where that fails, later again.</summary>
    internal async Task RelayAsync(RelayMessage message, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        if (now - message.At > LongestWay)
            return;
        var failed = (await Task.WhenAll((message.Regions ?? _regions.Others).Select(async region => (Region: region, Told: await TellAsync(region, message, cancellationToken)))))
            .Where(one => !one.Told).Select(one => one.Region).ToList();
        if (failed.Count == 0)
            return;

        // A copy for later: giving the message back would have it delivered again at once, and soon be a dead letter.
        var pause = TimeSpan.FromTicks(Math.Max(FirstPause.Ticks, (now - message.At).Ticks));
        await _sender.SendAsync(Queue, [ToQueue(message with { Regions = failed }, now + pause)], cancellationToken);
    }

    private async Task<bool> TellAsync(string region, RelayMessage message, CancellationToken cancellationToken)
    {
        if (_regions.Of(region) is not { } realtime)
            return true;
        try
        {
            await DeliverAsync(realtime, message, cancellationToken);
            _metrics.Pushed("relay", failed: false);
            return true;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            _metrics.Pushed("relay", failed: true);
            LogRelay(failure, region);
            return false;
        }
    }

    private static async Task DeliverAsync(IRealtime realtime, RelayMessage message, CancellationToken cancellationToken)
    {
        if (message is { Op: "user", User: { } user, Payload: { } told })
            await realtime.SendToUserAsync(user, Target, told, cancellationToken);
        foreach (var group in message.Groups)
        {
            await (message switch
            {
                { Op: "group", Payload: { } payload } => realtime.SendToGroupAsync(group, Target, payload, cancellationToken),
                { Op: "join", User: { } who } => realtime.JoinAsync(who, group, GroupLife, cancellationToken),
                { Op: "leave", User: { } who } => realtime.LeaveAsync(who, group, cancellationToken),
                _ => Task.CompletedTask,
            });
        }
    }

    private async Task SendAsync(string op, IReadOnlyList<string> groups, string? user, object? payload, object? brief = null)
    {
        var message = new RelayMessage(null, _clock.GetUtcNow(), op, groups, user, payload is null ? null : Json(payload));
        var relayed = brief is not null && JsonSerializer.SerializeToUtf8Bytes(message.Payload, StoredJson.Options).Length > MostRelayedBytes ? message with { Payload = Json(brief) } : message;
        var here = GuardedAsync("here", token => DeliverAsync(_regions.Of(Here)!, message, token));
        if (_regions.Others.Count > 0)
            await GuardedAsync("queue", token => _sender.SendAsync(Queue, [ToQueue(relayed, null)], token));
        await here;
    }

    private async Task GuardedAsync(string way, Func<CancellationToken, Task> push)
    {
        using var limit = new CancellationTokenSource(Limit, _clock);
        try
        {
            await push(limit.Token);
            _metrics.Pushed(way, failed: false);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _metrics.Pushed(way, failed: true);
            LogPush(failure);
        }
    }

    private OutgoingMessage ToQueue(RelayMessage message, DateTimeOffset? due) => new(_ids.Next().ToString("n"), BinaryData.FromObjectAsJson(message, StoredJson.Options), due);

    private static JsonElement Json(object payload) => JsonSerializer.SerializeToElement(payload, StoredJson.Options);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Those who are connected could not be told; their next heartbeat tells them")]
    private partial void LogPush(Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {Region} could not be told; it is tried again")]
    private partial void LogRelay(Exception failure, string region);
}
