using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Serverless.Notifications;

namespace Serverless.Tests.Notifications;

public sealed class FcmWireTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(ProviderCalls.Now);
    private ScriptedHttp _server = null!;
    private ScriptedHttp _google = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_server, _google) = (await ScriptedHttp.StartAsync(HttpProtocols.Http1), await ScriptedHttp.StartAsync(HttpProtocols.Http1));
        _google.Answer = (200, """{"access_token":"t1","expires_in":3600,"token_type":"Bearer"}""", ["Content-Type: application/json"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _google.DisposeAsync();
    }

    // Google, "FCM Error Codes". The own code of FCM is among the details.
    [Theory]
    [InlineData(200, "", "", "taken")]
    [InlineData(404, "NOT_FOUND", "UNREGISTERED", "dead")]
    [InlineData(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "dead")]
    [InlineData(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "refused")]
    [InlineData(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "dead", "message.token")]
    [InlineData(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "refused", "message.android.ttl")]
    [InlineData(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", "misconfigured")]
    [InlineData(403, "PERMISSION_DENIED", "", "misconfigured")]
    [InlineData(404, "NOT_FOUND", "", "refused")]
    [InlineData(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", "later 60")]
    [InlineData(500, "INTERNAL", "INTERNAL", "later")]
    [InlineData(503, "UNAVAILABLE", "UNAVAILABLE", "later")]
    public async Task Every_answer_has_its_consequence(int status, string state, string code, string expected, string? field = null)
    {
        var details = new List<object>();
        if (code.Length > 0)
            details.Add(new Dictionary<string, object> { ["@type"] = "type.googleapis.com/google.firebase.fcm.v1.FcmError", ["errorCode"] = code });
        if (field is not null)
            details.Add(new Dictionary<string, object> { ["@type"] = "type.googleapis.com/google.rpc.BadRequest", ["fieldViolations"] = new[] { new { field } } });
        _server.Answer = (status, status == 200 ? """{"name":"projects/p/messages/1"}""" : JsonSerializer.Serialize(new { error = new { code = status, status = state, message = "m", details } }), []);
        using var provider = Provider();
        Assert.Equal(expected, ProviderCalls.Text(await provider.SendAsync(ProviderCalls.Call(), Cancelled)));
    }

    [Theory]
    [InlineData(429, "5", "later 5")]
    [InlineData(503, "120", "later 120")]
    [InlineData(503, "Sat, 31 Jan 2026 08:01:00 GMT", "later 60")]
    public async Task Retry_After_is_honoured(int status, string after, string expected)
    {
        _server.Answer = (status, "{}", [$"Retry-After: {after}"]);
        using var provider = Provider();
        Assert.Equal(expected, ProviderCalls.Text(await provider.SendAsync(ProviderCalls.Call(), Cancelled)));
    }

    [Fact]
    public async Task The_request_is_as_Google_has_it()
    {
        using var provider = Provider();
        await provider.SendAsync(ProviderCalls.Call(to: "token") with { Priority = Priority.High }, Cancelled);
        var request = Assert.Single(_server.Requests);
        Assert.Equal(("/v1/projects/p/messages:send", "Bearer t1"), (request.Path, request.Headers["authorization"]));
        using var body = JsonDocument.Parse(request.Body);
        var message = body.RootElement.GetProperty("message");
        Assert.Equal(("token", "Hi", "there"), (message.GetProperty("token").GetString(), message.GetProperty("notification").GetProperty("title").GetString(), message.GetProperty("notification").GetProperty("body").GetString()));
        Assert.Equal(("HIGH", "3600s"), (message.GetProperty("android").GetProperty("priority").GetString(), message.GetProperty("android").GetProperty("ttl").GetString()));
        Assert.Equal(ProviderCalls.Call().Delivery, message.GetProperty("data").GetProperty("delivery").GetString());
        Assert.Contains("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer", System.Text.Encoding.UTF8.GetString(Assert.Single(_google.Requests).Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_access_token_is_used_until_it_is_refused()
    {
        using var provider = Provider();
        await provider.SendAsync(ProviderCalls.Call(), Cancelled);
        await provider.SendAsync(ProviderCalls.Call(), Cancelled);
        Assert.Single(_google.Requests);
        _server.Answer = (401, "{}", []);
        Assert.Equal("misconfigured", ProviderCalls.Text(await provider.SendAsync(ProviderCalls.Call(), Cancelled)));
        _server.Answer = (200, "{}", []);
        await provider.SendAsync(ProviderCalls.Call(), Cancelled);
        Assert.Equal(2, _google.Requests.Count);
    }

    [Fact]
    public async Task A_service_account_that_is_refused_is_an_alarm_and_one_that_cannot_be_asked_is_not()
    {
        _google.Answer = (400, """{"error":"invalid_grant"}""", ["Content-Type: application/json"]);
        using (var provider = Provider())
            Assert.Equal("misconfigured", ProviderCalls.Text(await provider.SendAsync(ProviderCalls.Call(), Cancelled)));
        using (var provider = Provider(ProviderCalls.Nowhere))
            Assert.Equal("later", ProviderCalls.Text(await provider.SendAsync(ProviderCalls.Call(), Cancelled)));
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task What_lost_its_answer_is_unknown()
    {
        _server.Before = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        using var provider = Provider();
        Assert.Equal("unknown", ProviderCalls.Text(await provider.SendAsync(ProviderCalls.Call(), Cancelled)));
        Assert.Contains("4096", provider.Problem(ProviderCalls.Call(body: new string('가', 1_300))), StringComparison.Ordinal);
        Assert.Null(provider.Problem(ProviderCalls.Call(body: new string('가', 1_000))));
    }

    private FcmProvider Provider(Uri? google = null)
    {
        using var key = RSA.Create(2048);
        var credentials = JsonSerializer.Serialize(new
        {
            type = "service_account",
            project_id = "p",
            private_key_id = "k",
            private_key = key.ExportPkcs8PrivateKeyPem(),
            client_email = "a@p.iam.gserviceaccount.com",
            client_id = "1",
            token_uri = (google ?? _google.Address).ToString() + "token",
        });
        var options = Options.Create(new FcmOptions { Host = _server.Address, ProjectId = "p", Credentials = credentials });
        return new FcmProvider(new FcmTokens(options), options, _clock);
    }
}
