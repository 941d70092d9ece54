using System.Net.Sockets;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Serverless.Http;
using Serverless.Local.Head;
using Serverless.Realtime;

namespace Serverless.Local.Realtime;

/// <summary>Pushes to the clients of a region's heads: this head's own hub, and over HTTP those of the others.</summary>
/// <param name="region">Which region.</param>
/// <param name="own">The hub of this head; null when it runs in another region.</param>
/// <param name="heads">Where the others are.</param>
/// <param name="identity">Vouches for this head to them.</param>
/// <param name="server">Knows where this head listens.</param>
/// <param name="http">Reaches the others.</param>
internal sealed class LocalRealtime(string region, HeadHub? own, HubDirectory heads, DevIdentity identity, IServer server, HttpClient http) : IRealtime
{
    /// <summary>Where the hub is.</summary>
    public const string Path = "/hub";

    /// <summary>Where other heads push into it.</summary>
    public const string OrdersPath = Path + "/orders";

    /// <summary>Who they are, in their tokens.</summary>
    public const string Head = "local-head";

    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(5);

    public Task<RealtimeAddress> NegotiateAsync(string user, CancellationToken cancellationToken) =>
        Task.FromResult(new RealtimeAddress(Here.ToString().TrimEnd('/') + Path, identity.Issue(user, [], DevIdentity.Life)));

    public Task SendToUserAsync(string user, string target, object payload, CancellationToken cancellationToken) =>
        EverywhereAsync(new HubOrder("send-user", User: user, Target: target, Payload: Json(payload)), cancellationToken);

    public Task SendToGroupAsync(string group, string target, object payload, CancellationToken cancellationToken) =>
        EverywhereAsync(new HubOrder("send-group", Group: group, Target: target, Payload: Json(payload)), cancellationToken);

    public Task JoinAsync(string user, string group, TimeSpan life, CancellationToken cancellationToken) =>
        EverywhereAsync(new HubOrder("join", User: user, Group: group, Seconds: life.TotalSeconds), cancellationToken);

    public Task LeaveAsync(string user, string group, CancellationToken cancellationToken) =>
        EverywhereAsync(new HubOrder("leave", User: user, Group: group), cancellationToken);

    /// <summary>Lets nobody to the hub whose token does not say who it is. A browser cannot send headers with a WebSocket: the token may be in the query.</summary>
    public static async Task IdentifyAsync(HttpContext http, RequestDelegate next)
    {
        var header = http.Request.Headers.Authorization.ToString();
        var token = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..] : http.Request.Query["access_token"].ToString();
        if ((await http.RequestServices.GetRequiredService<UserTokens>().CheckAsync(token)).Caller is not Caller.User user || (http.Request.Path.StartsWithSegments(OrdersPath) && user.Id != Head))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user.Id)], "token"));
        await next(http);
    }

    private Uri Here => new(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private async Task EverywhereAsync(HubOrder order, CancellationToken cancellationToken)
    {
        var others = heads.Of(region, own is null ? null : Here);
        await Task.WhenAll(others.Select(head => AtAsync(head, order, cancellationToken)).Append(own?.RunAsync(order, cancellationToken) ?? Task.CompletedTask));
    }

    private async Task AtAsync(Uri head, HubOrder order, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(head, OrdersPath)) { Content = JsonContent.Create(order) };
        request.Headers.Authorization = new("Bearer", identity.Issue(Head, [], TokenLife));
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }
        catch (HttpRequestException gone) when (gone.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            heads.Forget(head);
        }
    }

    private static JsonElement Json(object payload) => JsonSerializer.SerializeToElement(payload, JsonSerializerOptions.Web);
}
