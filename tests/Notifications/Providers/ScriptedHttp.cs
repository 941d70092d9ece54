using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Serverless.Tests.Notifications;

/// <summary>A server that answers as it is told, and keeps what it was asked.</summary>
internal sealed class ScriptedHttp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedHttp(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>What it was asked, in order.</summary>
    public List<ScriptedRequest> Requests { get; } = [];

    /// <summary>Its answer to everything: status and body; and headers, as "name: value".</summary>
    public (int Status, string Body, string[] Headers) Answer { get; set; } = (200, "{}", []);

    /// <summary>What else happens before it answers.</summary>
    public Func<HttpContext, Task>? Before { get; set; }

    /// <param name="version">HTTP/2 without TLS, or HTTP/1.1.</param>
    public static async Task<ScriptedHttp> StartAsync(HttpProtocols version)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = version));
        var app = builder.Build();
        var server = new ScriptedHttp(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        lock (Requests)
        {
            Requests.Add(new ScriptedRequest(
                http.Request.Protocol, http.Request.Path + http.Request.QueryString, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
        }

        if (Before is not null)
            await Before(http);
        http.Response.StatusCode = Answer.Status;
        foreach (var header in Answer.Headers)
            http.Response.Headers.Append(header.Split(": ")[0], header.Split(": ")[1]);
        await http.Response.WriteAsync(Answer.Body);
    }
}

internal sealed record ScriptedRequest(string Protocol, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);
