using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Tests.Http;

public sealed class AuthenticationTests : IDisposable
{
    private readonly ReloadedOptions<AuthOptions> _options = new(With("first", "second"));
    private readonly UserTokens _tokens;
    private readonly Authentication _authentication;

    public AuthenticationTests()
    {
        _tokens = new UserTokens(_options, TimeProvider.System);
        _authentication = new Authentication(_tokens, _options);
    }

    [Theory]
    [InlineData("shop", "first", true)]
    [InlineData("shop", "second", true)]
    [InlineData("shop", "third", false)]
    [InlineData("shop", "", false)]
    [InlineData("shop", "of the bank", false)]
    [InlineData("bank", "of the bank", true)]
    [InlineData("SHOP", "first", false)]
    [InlineData("nobody", "first", false)]
    public async Task A_service_is_known_by_its_key_and_any_secret_that_is_its_own(string key, string secret, bool known) =>
        Assert.Equal(known, await IdentifyAsync(key, secret) == new Caller.Service(key));

    [Fact]
    public async Task A_secret_rotates_without_an_interruption()
    {
        _options.Reload(With("second", "third"));
        Assert.Null(await IdentifyAsync("shop", "first"));
        Assert.NotNull(await IdentifyAsync("shop", "second"));
        Assert.NotNull(await IdentifyAsync("shop", "third"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic bG9jYWw6bG9jYWw=")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("bearer x")]
    public async Task Other_credentials_name_nobody(string? authorization)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Authorization = authorization;
        var (caller, refusal) = await _authentication.IdentifyAsync(http.Request);
        Assert.Null(caller);
        Assert.NotNull(refusal);
    }

    [Theory]
    [InlineData(Access.Anyone, true, true, true)]
    [InlineData(Access.Services, true, false, false)]
    [InlineData(Access.Operators, false, false, true)]
    [InlineData(Access.Users, false, true, true)]
    [InlineData(Access.Self, false, true, false)]
    [InlineData(Access.Services | Access.Operators, true, false, true)]
    public void A_rule_admits_whom_it_names(Access access, bool service, bool alice, bool operatorOlga)
    {
        Assert.Equal(service, new Caller.Service("shop").May(access, "alice"));
        Assert.Equal(alice, new Caller.User("alice", new HashSet<string>()).May(access, "alice"));
        Assert.Equal(operatorOlga, new Caller.User("olga", new HashSet<string> { "operator" }).May(access, "alice"));
    }

    [Theory]
    [InlineData("not json", "ab", "Auth:Keys")]
    [InlineData("""{"keys":[]}""", "not hexadecimal", "SecretHashes")]
    [InlineData("""{"keys":[]}""", "abcd", "SecretHashes")]
    public void Malformed_credentials_stop_the_start_with_a_sentence(string keys, string hash, string named)
    {
        var options = new AuthOptions { Issuer = "i", Audience = "a", Keys = keys, Services = [new() { Key = "shop", SecretHashes = [hash] }] };
        Assert.Contains(named, options.Problem(), StringComparison.Ordinal);
        Assert.Null(With("first").Problem());
    }

    public void Dispose() => _tokens.Dispose();

    private static AuthOptions With(params string[] secrets) => new()
    {
        Issuer = "i",
        Audience = "a",
        Keys = """{"keys":[]}""",
        Services = [new() { Key = "shop", SecretHashes = [.. secrets.Select(Hash)] }, new() { Key = "bank", SecretHashes = [Hash("of the bank").ToLowerInvariant()] }],
    };

    private static string Hash(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private async Task<Caller?> IdentifyAsync(string key, string secret)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[Authentication.KeyHeader] = key;
        http.Request.Headers[Authentication.SecretHeader] = secret;
        return (await _authentication.IdentifyAsync(http.Request)).Caller;
    }
}
