using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Serverless.Local.Cloud;
using Serverless.Local.FrontDoor;

namespace Serverless.Tests.Local.FrontDoor;

/// <summary>A front door before an origin that answers with what reached it, and one where nobody listens. Its probes come too seldom to matter.</summary>
public sealed class DoorServerTests : IAsyncLifetime
{
    private const string Id = "the-door";
    private static readonly ProbeRule Seldom = ProbeRule.OfTemplate with { Path = "/probe", IntervalSeconds = 10_000 };

    private readonly int _port = FreePorts.Choose(2, new Random(Environment.ProcessId));
    private WebApplication _app = null!;
    private Origin _origin = null!;
    private Origin _nobody = null!;
    private HttpClient _client = null!;
    private int _asked;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.UseWebSockets();
        _app.Run(TellAsync);
        await _app.StartAsync(Cancelled);
        _origin = new Origin("local-1", new Uri(_app.Urls.First()), Seldom);
        _nobody = new Origin("local-2", At(_port + 1), Seldom);
        _client = new HttpClient { BaseAddress = At(_port) };
    }

    [Theory]
    [InlineData("/api/kv/%ED%95%9C?x=%20y")]
    [InlineData("/api/kv/a%2Fb%252F%2541%25")]
    [InlineData("/api/kv/a//b/../c")]
    public async Task A_path_reaches_the_origin_as_it_was_sent(string target)
    {
        await using var door = await OpenAsync(_origin);
        Assert.StartsWith($"PATCH {target}\n", (await RawHttp.SendAsync(_port, $"PATCH {target} HTTP/1.1\nContent-Length: 0")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_who_it_is_and_whom_it_heard_and_lets_no_client_say_so()
    {
        await using var door = await OpenAsync(_origin);
        var told = await RawHttp.SendAsync(_port, "GET / HTTP/1.1\nX-Azure-FDID: mine\nX-Azure-SocketIP: 9.9.9.9\nX-Forwarded-For: 1.2.3.4\nX-Kept: yes");
        Assert.Contains($"X-Azure-FDID={Id}\nX-Azure-SocketIP=127.0.0.1\nX-Forwarded-For=1.2.3.4, 127.0.0.1\nX-Forwarded-Host=local\nX-Kept=yes\nHost={_origin.Address.Authority}\n", told.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_WebSocket_passes_through()
    {
        await using var door = await OpenAsync(_origin);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_port}/socket"), Cancelled);
        await socket.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, true, Cancelled);
        var buffer = new byte[100];
        var heard = await socket.ReceiveAsync(buffer, Cancelled);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, heard.Count));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A_request_that_its_origin_fails_is_502_and_no_other_origin_sees_it(string method)
    {
        await using var door = await OpenAsync(_nobody, _origin);
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 10; i++)
            answers.Add(await _client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/api/ids"), Cancelled));

        Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(5, _asked);
        foreach (var failed in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
        {
            Assert.Equal((HttpStatusCode.BadGateway, "application/problem+json"), (failed.StatusCode, failed.Content.Headers.ContentType?.MediaType));
            Assert.Contains("urn:serverless:problem:origin-failed", await failed.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Once_an_origin_is_unwell_nobody_notices()
    {
        await using var door = await OpenAsync(_nobody, _origin);
        for (var failures = 0; failures < Seldom.FailuresToFall; failures++)
            _nobody.Note(new ProbeSample(false, TimeSpan.Zero));
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(new Uri("/", UriKind.Relative), Cancelled)).StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    private static Uri At(int port) => new($"http://127.0.0.1:{port}");

    private async Task<DoorServer> OpenAsync(params Origin[] origins)
    {
        var door = new DoorServer(At(_port), new Origins(origins), Seldom, Id, new Progress<string>(), TimeProvider.System);
        await door.StartAsync(Cancelled);
        return door;
    }

    private async Task TellAsync(HttpContext http)
    {
        if (http.WebSockets.IsWebSocketRequest)
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[100];
            while (await socket.ReceiveAsync(buffer, http.RequestAborted) is { MessageType: WebSocketMessageType.Text } heard)
                await socket.SendAsync(buffer.AsMemory(0, heard.Count), WebSocketMessageType.Text, true, http.RequestAborted);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
            return;
        }

        if (http.Request.Path == Seldom.Path)
            return;
        Interlocked.Increment(ref _asked);
        string[] names = ["X-Azure-FDID", "X-Azure-SocketIP", "X-Forwarded-For", "X-Forwarded-Host", "X-Kept", "Host"];
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        await http.Response.WriteAsync($"{http.Request.Method} {target}\n{string.Concat(names.Select(name => $"{name}={http.Request.Headers[name]}\n"))}");
    }
}
