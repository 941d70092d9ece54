using System.Text.Json;
using Microsoft.AspNetCore.SignalR;

namespace Serverless.Local.Realtime;

/// <summary>What is asked of a hub, by its own head or, over HTTP, by another's.</summary>
/// <param name="Op">send-user, send-group, join or leave.</param>
/// <param name="User">Of all but send-group.</param>
/// <param name="Group">Of all but send-user.</param>
/// <param name="Target">The client's method, when something is sent.</param>
/// <param name="Payload">Its argument.</param>
/// <param name="Seconds">How long a user is in the group.</param>
internal sealed record HubOrder(string Op, string? User = null, string? Group = null, string? Target = null, JsonElement? Payload = null, double Seconds = 0);

/// <summary>The hub of one head.</summary>
internal sealed class HeadHub(IHubContext<EventsHub> hub, TimeProvider clock)
{
    private readonly HubGroups _groups = new(clock);
    private long _groupSends;

    /// <summary>Sends to groups so far.</summary>
    public long GroupSends => Interlocked.Read(ref _groupSends);

    public Task RunAsync(HubOrder order, CancellationToken cancellationToken)
    {
        switch (order)
        {
            case { Op: "send-user", User: { } user, Target: { } target }:
                return hub.Clients.User(user).SendAsync(target, order.Payload, cancellationToken);
            case { Op: "send-group", Group: { } group, Target: { } target }:
                Interlocked.Increment(ref _groupSends);
                return _groups.Of(group) is { Count: > 0 } users ? hub.Clients.Users(users).SendAsync(target, order.Payload, cancellationToken) : Task.CompletedTask;
            case { Op: "join", User: { } user, Group: { } group }:
                _groups.Join(user, group, TimeSpan.FromSeconds(order.Seconds));
                return Task.CompletedTask;
            case { Op: "leave", User: { } user, Group: { } group }:
                _groups.Leave(user, group);
                return Task.CompletedTask;
            default:
                throw new ArgumentException($"A hub does not know '{order.Op}', or not so.");
        }
    }
}
