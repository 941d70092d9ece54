using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Serverless.Notifications;

namespace Serverless.Tests.Notifications;

public sealed class SmsWireTests : IAsyncLifetime
{
    private static readonly string Key = Convert.ToBase64String(Encoding.UTF8.GetBytes("a key of at least some length"));

    private readonly FakeTimeProvider _clock = new(ProviderCalls.Now);
    private ScriptedHttp _server = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await ScriptedHttp.StartAsync(HttpProtocols.Http1);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(202, 202, "taken")]
    [InlineData(202, 400, "dead")]
    [InlineData(202, 404, "dead")]
    [InlineData(202, 403, "refused")]
    [InlineData(202, 429, "later")]
    [InlineData(202, 500, "later")]
    [InlineData(202, 0, "unknown")]
    [InlineData(400, 0, "refused")]
    [InlineData(401, 0, "misconfigured")]
    [InlineData(403, 0, "misconfigured")]
    [InlineData(429, 0, "later 7", "Retry-After: 7")]
    [InlineData(500, 0, "later")]
    [InlineData(503, 0, "later")]
    public async Task Every_answer_has_its_consequence(int status, int recipient, string expected, params string[] headers)
    {
        _server.Answer = (status, recipient == 0 ? "not JSON" : JsonSerializer.Serialize(new { value = new[] { new { to = "+82", httpStatusCode = recipient, messageId = "m", successful = recipient == 202 } } }), headers);
        using var provider = Provider();
        Assert.Equal(expected, ProviderCalls.Text(await provider.SendAsync(ProviderCalls.Call(to: "+82"), Cancelled)));
    }

    [Fact]
    public async Task The_request_is_signed_as_Azure_has_it_and_names_itself_the_same_at_each_attempt()
    {
        using var provider = Provider();
        await provider.SendAsync(ProviderCalls.Call(to: "+821012345678"), Cancelled);
        _clock.Advance(TimeSpan.FromMinutes(5));
        await provider.SendAsync(ProviderCalls.Call(to: "+821012345678"), Cancelled);
        var request = _server.Requests[0];
        Assert.Equal("/sms?api-version=2021-03-07", request.Path);
        var hash = Convert.ToBase64String(SHA256.HashData(request.Body));
        var signed = $"POST\n{request.Path}\n{request.Headers["x-ms-date"]};{request.Headers["host"]};{hash}";
        var signature = Convert.ToBase64String(new HMACSHA256(Convert.FromBase64String(Key)).ComputeHash(Encoding.UTF8.GetBytes(signed)));
        Assert.Equal((hash, $"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"), (request.Headers["x-ms-content-sha256"], request.Headers["authorization"]));
        Assert.Equal("Sat, 31 Jan 2026 08:00:00 GMT", request.Headers["x-ms-date"]);
        Assert.Equal(request.Body, _server.Requests[1].Body);
        using var body = JsonDocument.Parse(request.Body);
        var recipient = body.RootElement.GetProperty("smsRecipients")[0];
        Assert.Equal(("+15550100", "there", "+821012345678"), (body.RootElement.GetProperty("from").GetString(), body.RootElement.GetProperty("message").GetString(), recipient.GetProperty("to").GetString()));
        Assert.True(Guid.TryParse(recipient.GetProperty("repeatabilityRequestId").GetString(), out _));
        Assert.Equal("Sat, 31 Jan 2026 08:00:00 GMT", recipient.GetProperty("repeatabilityFirstSent").GetString());
    }

    [Fact]
    public async Task What_did_not_reach_it_is_tried_later_and_what_lost_its_answer_is_unknown()
    {
        using (var nowhere = Provider(ProviderCalls.Nowhere))
            Assert.Equal("later", ProviderCalls.Text(await nowhere.SendAsync(ProviderCalls.Call(), Cancelled)));
        _server.Before = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        using var provider = Provider();
        Assert.Equal("unknown", ProviderCalls.Text(await provider.SendAsync(ProviderCalls.Call(), Cancelled)));
    }

    private SmsProvider Provider(Uri? endpoint = null) => new(Options.Create(new SmsOptions { Endpoint = endpoint ?? _server.Address, AccessKey = Key, From = "+15550100" }), _clock);
}
