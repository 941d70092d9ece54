using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serverless.Replication;

namespace Serverless.Bench.Chat;

/// <summary>The least that a chat server could do: one strict write of the text, then a bare ASP.NET Core SignalR group.</summary>
internal sealed class FloorServer : IAsyncDisposable
{
    private const string Group = "all";

    private readonly WebApplication _app;
    private readonly List<HubConnection> _connections = [];
    private readonly HttpClient _http = new();

    private FloorServer(WebApplication app) => _app = app;

    /// <param name="registers">Where a text is written.</param>
    /// <param name="connections">How many listen.</param>
    /// <param name="heard">Told what they hear.</param>
    public static async Task<FloorServer> StartAsync(StrictRegisters registers, int connections, Action<string> heard)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSignalR();
        var server = new FloorServer(builder.Build());
        server._app.MapHub<EchoHub>("/echo");
        var key = new ReplicaKey("bench", "floor");
        server._app.MapPut("/send", async (HttpRequest request, IHubContext<EchoHub> hub) =>
        {
            using var reader = new StreamReader(request.Body);
            var text = await reader.ReadToEndAsync();
            if (await registers.ChangeAsync(key, _ => new RegisterWrite("", System.Text.Encoding.UTF8.GetBytes(text)), CancellationToken.None) is not RegisterResult.Written)
                throw new InvalidOperationException("A strict write on healthy nodes was refused.");
            await hub.Clients.Group(Group).SendAsync("said", text);
        });
        await server._app.StartAsync();
        var address = new Uri(server._app.Urls.First());
        server._http.BaseAddress = address;
        for (var i = 0; i < connections; i++)
        {
            var connection = new HubConnectionBuilder().WithUrl(new Uri(address, "echo")).Build();
            connection.On("said", heard);
            await connection.StartAsync();
            server._connections.Add(connection);
        }

        return server;
    }

    public async Task SendAsync(string text)
    {
        using var body = new StringContent(text);
        using var answer = await _http.PutAsync(new Uri("send", UriKind.Relative), body);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
            await connection.DisposeAsync();
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class EchoHub : Hub
    {
        public override Task OnConnectedAsync() => Groups.AddToGroupAsync(Context.ConnectionId, Group);
    }
}
