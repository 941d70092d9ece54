using Microsoft.Azure.SignalR.Management;
using Serverless.Realtime;

namespace Serverless.AzureHead;

/// <summary>One region's Azure SignalR Service in serverless mode, over its REST API (Transient): no instance holds a connection to it.</summary>
internal sealed class SignalRRealtime(ServiceManager manager) : IRealtime, IDisposable
{
    private const string Hub = "events";

    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(1);

    private readonly Lazy<Task<ServiceHubContext>> _hub = new(async () => (ServiceHubContext)await manager.CreateHubContextAsync(Hub, CancellationToken.None));

    public async Task<RealtimeAddress> NegotiateAsync(string user, CancellationToken cancellationToken)
    {
        var hub = await _hub.Value;
        var answer = await hub.NegotiateAsync(new NegotiationOptions { UserId = user, TokenLifetime = TokenLife }, cancellationToken);
        return new RealtimeAddress(answer.Url!, answer.AccessToken!);
    }

    public async Task SendToUserAsync(string user, string target, object payload, CancellationToken cancellationToken)
    {
        var hub = await _hub.Value;
        await hub.Clients.User(user).SendCoreAsync(target, [payload], cancellationToken);
    }

    public async Task SendToGroupAsync(string group, string target, object payload, CancellationToken cancellationToken)
    {
        var hub = await _hub.Value;
        await hub.Clients.Group(group).SendCoreAsync(target, [payload], cancellationToken);
    }

    public async Task JoinAsync(string user, string group, TimeSpan life, CancellationToken cancellationToken)
    {
        var hub = await _hub.Value;
        await hub.UserGroups.AddToGroupAsync(user, group, life, cancellationToken);
    }

    public async Task LeaveAsync(string user, string group, CancellationToken cancellationToken)
    {
        var hub = await _hub.Value;
        await hub.UserGroups.RemoveFromGroupAsync(user, group, cancellationToken);
    }

    public void Dispose() => manager.Dispose();
}
