using System.Net;
using System.Net.Http.Headers;
using Serverless.Local.Head;
using Serverless.Tests.Http;

namespace Serverless.Tests.Kv;

/// <summary>Whatever is wrong with a request, it is refused with a problem that says so, and nothing of what is stored changes.</summary>
public class KvBadInputTests(SharedCloud cloud)
{
    private readonly KvClient _kv = new(cloud.Service);

    public static TheoryData<BadRequest> BadRequests => [.. BadRequest.All()];

    [Theory]
    [MemberData(nameof(BadRequests), DisableDiscoveryEnumeration = true)]
    public async Task A_bad_request_is_refused_and_changes_nothing(BadRequest bad)
    {
        ArgumentNullException.ThrowIfNull(bad);
        var path = KvClient.Path("bad-input");
        if ((await _kv.GetAsync(path)).StatusCode == HttpStatusCode.NotFound)
            await _kv.PutAsync($"{path}?w=3", "kept");
        var before = await _kv.StoredAsync(path);

        using var request = await RequestAsync(bad, path);
        var answer = await cloud.Nobody.SendAsync(request, TestContext.Current.CancellationToken);

        await AssertProblem.IsAsync(answer, bad.Status, bad.Type);
        Assert.Equal(bad.Status == 401, answer.Headers.WwwAuthenticate.Count > 0);
        Assert.Equal(bad.Status == 405, answer.Content.Headers.Allow.Count > 0);
        Assert.Equal(before, await _kv.StoredAsync(path));
    }

    [Fact]
    public async Task A_wrong_method_is_told_the_right_ones()
    {
        var answer = await _kv.SendAsync(new HttpRequestMessage(HttpMethod.Post, KvClient.Path("allow")));
        Assert.Equal(["DELETE", "GET", "HEAD", "PUT"], answer.Content.Headers.Allow.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_operator_may_do_what_a_service_may()
    {
        using var client = await cloud.AsUserAsync("olga", "operator");
        var kv = new KvClient(client);
        Assert.Equal(HttpStatusCode.NoContent, (await kv.PutAsync(KvClient.Path("of-operator"), "v")).StatusCode);
        Assert.Equal(["v"], await kv.ValuesAsync(KvClient.Path("of-operator")));
    }

    [Fact]
    public async Task The_thirty_third_sibling_is_refused_and_changes_nothing()
    {
        var path = KvClient.Path("bad-siblings");
        for (var i = 0; i < 32; i++)
            Assert.Equal(HttpStatusCode.NoContent, (await _kv.PutAsync($"{path}?w=3", $"{i}")).StatusCode);
        var before = await _kv.StoredAsync(path);

        await AssertProblem.IsAsync(await _kv.PutAsync(path, "one too many"), 409, "too-many-siblings");
        Assert.Equal(before, await _kv.StoredAsync(path));
        await _kv.PutAsync(path, "merged", KvClient.CausalityOf(await _kv.GetAsync(path)));
        Assert.Equal(["merged"], await _kv.ValuesAsync(path));
    }

    private async Task<HttpRequestMessage> RequestAsync(BadRequest bad, string path)
    {
        var request = new HttpRequestMessage(new HttpMethod(bad.Method), bad.Path.Replace("KEY", path, StringComparison.Ordinal));
        if (bad.Method == "PUT")
            request.Content = new ByteArrayContent("overwritten"u8.ToArray());
        if (bad.Header is var (name, value))
        {
            value = value switch { "OTHER" => await OtherTokenAsync(), "CUT" => (await TokenAsync(path))[..^4], "OWN" => await TokenAsync(path), _ => value };
            Assert.True(name == "Content-Type"
                ? request.Content!.Headers.TryAddWithoutValidation(name, value) : request.Headers.TryAddWithoutValidation(name, value));
        }

        Sign(request, bad.Sender);
        return request;
    }

    private async Task<string> TokenAsync(string path) => KvClient.CausalityOf(await _kv.GetAsync(path))!;

    private async Task<string> OtherTokenAsync()
    {
        var other = KvClient.Path("bad-input-other");
        await _kv.PutAsync(other, "v", KvClient.CausalityOf(await _kv.GetAsync(other)));
        return await TokenAsync(other);
    }

    private void Sign(HttpRequestMessage request, Sender sender)
    {
        if (sender is Sender.Service or Sender.WrongSecret or Sender.KeyWithoutSecret)
            request.Headers.Add("X-App-Key", CloudHead.AppKey);
        if (sender is Sender.Service or Sender.WrongSecret)
            request.Headers.Add("X-App-Secret", sender == Sender.Service ? CloudHead.AppSecret : "guessed");
        if (Token(sender) is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    private string? Token(Sender sender)
    {
        using var mint = new TokenMint("key", sender == Sender.ForeignToken ? null : cloud.IssuerKey);
        var now = TimeProvider.System.GetUtcNow();
        return sender switch
        {
            Sender.ExpiredToken => Make(DevIdentity.Issuer, DevIdentity.Audience, now.AddMinutes(-1), "operator"),
            Sender.ForeignToken => Make(DevIdentity.Issuer, DevIdentity.Audience, now.AddHours(1), "operator"),
            Sender.OtherAudience => Make(DevIdentity.Issuer, "another", now.AddHours(1), "operator"),
            Sender.OtherIssuer => Make("https://another", DevIdentity.Audience, now.AddHours(1), "operator"),
            Sender.UserWithoutRole => Make(DevIdentity.Issuer, DevIdentity.Audience, now.AddHours(1), "Operator"),
            Sender.NoToken => "not.a.token",
            _ => null,
        };

        string Make(string issuer, string audience, DateTimeOffset expires, string role) =>
            mint.Token("eve", issuer, audience, expires, null, role);
    }
}
