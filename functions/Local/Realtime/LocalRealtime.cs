using System.Security.Claims;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.SignalR;
using Serverless.Http;
using Serverless.Local.Head;
using Serverless.Realtime;

namespace Serverless.Local.Realtime;

/// <summary>Pushes to the clients of this head. The hub speaks the protocol of Azure SignalR Service, and answers the same negotiation.</summary>
internal sealed class LocalRealtime(IHubContext<EventsHub> hub, DevIdentity identity, IServer server) : IRealtime
{
    /// <summary>Where the hub is.</summary>
    public const string Path = "/hub";

    public Task<RealtimeAddress> NegotiateAsync(string user, CancellationToken cancellationToken)
    {
        var here = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return Task.FromResult(new RealtimeAddress(here.TrimEnd('/') + Path, identity.Issue(user, [], DevIdentity.Life)));
    }

    public Task SendToUserAsync(string user, string target, object payload, CancellationToken cancellationToken) =>
        hub.Clients.User(user).SendAsync(target, payload, cancellationToken);

    /// <summary>Lets nobody to the hub whose token does not say who it is. A browser cannot send headers with a WebSocket: the token may be in the query.</summary>
    public static async Task IdentifyAsync(HttpContext http, RequestDelegate next)
    {
        var header = http.Request.Headers.Authorization.ToString();
        var token = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..] : http.Request.Query["access_token"].ToString();
        if ((await http.RequestServices.GetRequiredService<UserTokens>().CheckAsync(token)).Caller is not Caller.User user)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user.Id)], "token"));
        await next(http);
    }
}
