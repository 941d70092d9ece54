using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Serverless.Notifications;
using Serverless.Tests.Replication;

namespace Serverless.Tests.Notifications;

public sealed class ApnsWireTests : IAsyncLifetime, IDisposable
{
    // Of the provider alone: the storage waits and tries again by a clock that goes on.
    private readonly FakeTimeProvider _clock = new(ProviderCalls.Now);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly MemoryCluster _cluster;
    private readonly List<IDisposable> _disposables = [];
    private ScriptedHttp _server = null!;
    private int _instances;

    public ApnsWireTests() => _cluster = new MemoryCluster(nodesPerRegion: 1, partitions: 8);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await ScriptedHttp.StartAsync(HttpProtocols.Http2);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public void Dispose()
    {
        _disposables.ForEach(one => one.Dispose());
        _key.Dispose();
    }

    // Apple, "Handling notification responses from APNs".
    [Theory]
    [InlineData(200, "", "taken")]
    [InlineData(400, """{"reason":"BadDeviceToken"}""", "dead")]
    [InlineData(400, """{"reason":"DeviceTokenNotForTopic"}""", "dead")]
    [InlineData(410, """{"reason":"Unregistered","timestamp":1700000000000}""", "dead since 1700000000")]
    [InlineData(410, """{"reason":"ExpiredToken","timestamp":1700000000000}""", "dead since 1700000000")]
    [InlineData(400, """{"reason":"BadTopic"}""", "misconfigured")]
    [InlineData(400, """{"reason":"MissingTopic"}""", "misconfigured")]
    [InlineData(400, """{"reason":"TopicDisallowed"}""", "misconfigured")]
    [InlineData(403, """{"reason":"InvalidProviderToken"}""", "misconfigured")]
    [InlineData(403, """{"reason":"Forbidden"}""", "misconfigured")]
    [InlineData(403, """{"reason":"ExpiredProviderToken"}""", "later")]
    [InlineData(400, """{"reason":"BadCollapseId"}""", "refused")]
    [InlineData(404, """{"reason":"BadPath"}""", "refused")]
    [InlineData(405, """{"reason":"MethodNotAllowed"}""", "refused")]
    [InlineData(413, """{"reason":"PayloadTooLarge"}""", "refused")]
    [InlineData(429, """{"reason":"TooManyRequests"}""", "later")]
    [InlineData(429, """{"reason":"TooManyProviderTokenUpdates"}""", "later")]
    [InlineData(500, """{"reason":"InternalServerError"}""", "later")]
    [InlineData(503, """{"reason":"ServiceUnavailable"}""", "later 30", "Retry-After: 30")]
    [InlineData(503, "not JSON", "later")]
    [InlineData(400, "", "refused")]
    public async Task Every_answer_has_its_consequence(int status, string body, string expected, params string[] headers)
    {
        _server.Answer = (status, body, headers);
        Assert.Equal(expected, ProviderCalls.Text(await Provider().SendAsync(ProviderCalls.Call(), Cancelled)));
    }

    [Fact]
    public async Task The_request_is_as_Apple_has_it_and_the_same_at_each_attempt()
    {
        var provider = Provider();
        await provider.SendAsync(ProviderCalls.Call(to: "a b"), Cancelled);
        await provider.SendAsync(ProviderCalls.Call(to: "a b") with { Priority = Priority.High }, Cancelled);
        await provider.SendAsync(ProviderCalls.Call("ffffffffffffffffffffffffffffffff.0.ios.0.7"), Cancelled);
        var (first, second, other) = (_server.Requests[0], _server.Requests[1], _server.Requests[2]);
        Assert.Equal(("HTTP/2", "/3/device/a%20b"), (first.Protocol, first.Path));
        Assert.Equal(("topic.of.shop", "alert", "5", "10"), (first.Headers["apns-topic"], first.Headers["apns-push-type"], first.Headers["apns-priority"], second.Headers["apns-priority"]));
        Assert.Equal(ProviderCalls.Now.AddHours(1).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), first.Headers["apns-expiration"]);
        Assert.True(Guid.TryParse(first.Headers["apns-id"], out _));
        foreach (var name in (string[])["apns-id", "apns-collapse-id"])
        {
            Assert.Equal(first.Headers[name], second.Headers[name]);
            Assert.NotEqual(first.Headers[name], other.Headers[name]);
            Assert.InRange(first.Headers[name].Length, 1, 64);
        }

        using var payload = JsonDocument.Parse(first.Body);
        Assert.Equal(("Hi", "there"), (payload.RootElement.GetProperty("aps").GetProperty("alert").GetProperty("title").GetString(), payload.RootElement.GetProperty("aps").GetProperty("alert").GetProperty("body").GetString()));
        Assert.Equal("https://example.com/e", payload.RootElement.GetProperty("eventsUrl").GetString());
        var signature = await new JsonWebTokenHandler().ValidateTokenAsync(first.Headers["authorization"]["bearer ".Length..], new TokenValidationParameters
        {
            ValidIssuer = "TEAM",
            ValidateAudience = false,
            ValidateLifetime = false,
            IssuerSigningKey = new ECDsaSecurityKey(_key) { KeyId = "KEY" },
        });
        Assert.True(signature.IsValid);
    }

    [Fact]
    public async Task Of_two_with_one_collapse_key_a_device_shows_the_last()
    {
        var provider = Provider();
        foreach (var delivery in (string[])["0", "f"])
            await provider.SendAsync(ProviderCalls.Call($"{new string(delivery[0], 32)}.0.ios.0.7") with { CollapseKey = new string('k', 64) }, Cancelled);
        Assert.Equal(_server.Requests[0].Headers["apns-collapse-id"], _server.Requests[1].Headers["apns-collapse-id"]);
        Assert.NotEqual(_server.Requests[0].Headers["apns-id"], _server.Requests[1].Headers["apns-id"]);
    }

    [Fact]
    public async Task All_instances_send_one_token_which_is_replaced_between_20_and_60_minutes()
    {
        var (here, there) = (Provider(), Provider());
        var seen = new List<(TimeSpan At, string Token)>();
        for (var minute = 0; minute <= 130; minute += 5, _clock.Advance(TimeSpan.FromMinutes(5)))
        {
            await SendAsync(minute % 10 == 0 ? here : there);
            seen.Add((TimeSpan.FromMinutes(minute), _server.Requests[^1].Headers["authorization"]));
        }

        var changes = seen.Zip(seen.Skip(1)).Where(pair => pair.First.Token != pair.Second.Token).Select(pair => pair.Second.At).ToList();
        Assert.Equal(seen.Select(one => one.Token).Distinct().Count() - 1, changes.Count);
        Assert.All(new[] { TimeSpan.Zero }.Concat(changes).Zip(changes), pair => Assert.InRange(pair.Second - pair.First, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(59)));
    }

    [Fact]
    public async Task A_token_that_is_called_expired_is_replaced_unless_it_is_younger_than_20_minutes()
    {
        var provider = Provider();
        _server.Answer = (403, """{"reason":"ExpiredProviderToken"}""", []);
        await provider.SendAsync(ProviderCalls.Call(), Cancelled);
        await provider.SendAsync(ProviderCalls.Call(), Cancelled);
        Assert.Equal(_server.Requests[0].Headers["authorization"], _server.Requests[1].Headers["authorization"]);
        _clock.Advance(TimeSpan.FromMinutes(20));
        await provider.SendAsync(ProviderCalls.Call(), Cancelled);
        await provider.SendAsync(ProviderCalls.Call(), Cancelled);
        Assert.NotEqual(_server.Requests[2].Headers["authorization"], _server.Requests[3].Headers["authorization"]);
    }

    [Fact]
    public async Task While_the_storage_does_not_answer_a_known_token_goes_on_until_it_would_be_too_old()
    {
        var provider = Provider();
        await SendAsync(provider);
        foreach (var node in _cluster.Faults.Values)
            node.Fault = Fault.Down;
        _clock.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal("taken", ProviderCalls.Text(await SendAsync(provider)));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("later 5 unasked", ProviderCalls.Text(await SendAsync(provider)));
    }

    [Fact]
    public async Task What_did_not_reach_it_is_tried_later_and_what_lost_its_answer_is_unknown()
    {
        Assert.Equal("later", ProviderCalls.Text(await Provider(ProviderCalls.Nowhere).SendAsync(ProviderCalls.Call(), Cancelled)));
        _server.Before = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        Assert.Equal("unknown", ProviderCalls.Text(await Provider().SendAsync(ProviderCalls.Call(), Cancelled)));
    }

    [Fact]
    public void A_payload_has_at_most_4096_bytes()
    {
        var provider = Provider();
        Assert.Null(provider.Problem(ProviderCalls.Call(body: new string('가', 1_200))));
        Assert.Contains("4096", provider.Problem(ProviderCalls.Call(body: new string('가', 1_300))), StringComparison.Ordinal);
    }

    private static Task<ProviderAnswer> SendAsync(ApnsProvider provider) => provider.SendAsync(ProviderCalls.Call(), Cancelled);

    private ApnsProvider Provider(Uri? host = null)
    {
        var number = ++_instances;
        var options = Options.Create(new ApnsOptions { Host = host ?? _server.Address, TeamId = "TEAM", KeyId = "KEY", PrivateKey = _key.ExportPkcs8PrivateKeyPem(), Topics = { ["shop"] = "topic.of.shop" } });
        var tokens = new ApnsTokens(_cluster.Registers($"r{number % 3 + 1}", number), _cluster.Coordinator(seed: 100 + number), options, _clock);
        var provider = new ApnsProvider(tokens, options, _clock);
        _disposables.AddRange([tokens, provider]);
        return provider;
    }
}
