using Microsoft.Extensions.Time.Testing;
using Serverless.Http;

namespace Serverless.Tests.Http;

public sealed class UserTokenTests : IDisposable
{
    private const string Issuer = "https://issuer.example";
    private const string Audience = "serverless";
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TokenMint _old = new("old");
    private readonly TokenMint _new = new("new");
    private readonly ReloadedOptions<AuthOptions> _options;
    private readonly UserTokens _tokens;

    public UserTokenTests()
    {
        _options = new ReloadedOptions<AuthOptions>(With(_old));
        _tokens = new UserTokens(_options, _clock);
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    [Fact]
    public async Task A_token_tells_the_user_and_its_roles()
    {
        var (caller, refusal) = await _tokens.CheckAsync(_old.Token("alice", Issuer, Audience, Now.AddHours(1), null, "operator", "clerk"));
        var user = Assert.IsType<Caller.User>(caller);
        Assert.Equal(("alice", null), (user.Id, refusal));
        Assert.Equal(["clerk", "operator"], user.Roles.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Keys_roll_over_without_a_restart()
    {
        var (old, young) = (_old.Token("u", Issuer, Audience, Now.AddHours(1)), _new.Token("u", Issuer, Audience, Now.AddHours(1)));
        Assert.Equal((true, false), (await IsValidAsync(old), await IsValidAsync(young)));
        _options.Reload(With(_old, _new));
        Assert.Equal((true, true), (await IsValidAsync(old), await IsValidAsync(young)));
        _options.Reload(With(_new));
        Assert.Equal((false, true), (await IsValidAsync(old), await IsValidAsync(young)));
    }

    [Theory]
    [InlineData(-31, false)]
    [InlineData(-30, false)]
    [InlineData(-29, true)]
    [InlineData(1, true)]
    public async Task A_token_is_good_until_30_s_after_it_expired(int seconds, bool valid) =>
        Assert.Equal(valid, await IsValidAsync(_old.Token("u", Issuer, Audience, Now.AddSeconds(seconds))));

    [Theory]
    [InlineData(31, false)]
    [InlineData(30, true)]
    public async Task A_token_is_good_from_30_s_before_its_start(int seconds, bool valid) =>
        Assert.Equal(valid, await IsValidAsync(_old.Token("u", Issuer, Audience, Now.AddHours(1), Now.AddSeconds(seconds))));

    [Fact]
    public async Task A_refusal_says_what_is_wrong_and_no_more()
    {
        Assert.Equal("The token has expired: sign in again.", await RefusalAsync(_old.Token("u", Issuer, Audience, Now.AddHours(-1))));
        Assert.Equal("The token has expired: sign in again.", await RefusalAsync(_old.Token("u", Issuer, Audience, null)));
        Assert.Equal("The token is meant for another audience.", await RefusalAsync(_old.Token("u", Issuer, "other", Now.AddHours(1))));
        Assert.Equal("The token comes from another issuer.", await RefusalAsync(_old.Token("u", "other", Audience, Now.AddHours(1))));
        Assert.Equal("The token is not valid.", await RefusalAsync(_new.Token("u", Issuer, Audience, Now.AddHours(1))));
        Assert.Equal("The token is not valid.", await RefusalAsync(""));
    }

    // RFC 8725, 2.1: the oldest attack on tokens.
    [Fact]
    public async Task A_token_without_a_signature_is_refused()
    {
        var parts = _old.Token("u", Issuer, Audience, Now.AddHours(1)).Split('.');
        Assert.False(await IsValidAsync($"eyJhbGciOiJub25lIn0.{parts[1]}."));
        Assert.False(await IsValidAsync($"{parts[0]}.{parts[1]}."));
    }

    [Fact]
    public async Task A_token_must_name_a_user_of_at_most_128_characters()
    {
        Assert.True(await IsValidAsync(_old.Token(new string('u', 128), Issuer, Audience, Now.AddHours(1))));
        Assert.False(await IsValidAsync(_old.Token(new string('u', 129), Issuer, Audience, Now.AddHours(1))));
        Assert.False(await IsValidAsync(_old.Token("", Issuer, Audience, Now.AddHours(1))));
        Assert.False(await IsValidAsync(_old.Token(null, Issuer, Audience, Now.AddHours(1))));
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _old.Dispose();
        _new.Dispose();
    }

    private static AuthOptions With(params TokenMint[] mints) => new() { Issuer = Issuer, Audience = Audience, Keys = TokenMint.KeySet(mints) };

    private async Task<bool> IsValidAsync(string token) => (await _tokens.CheckAsync(token)).Caller is not null;

    private async Task<string?> RefusalAsync(string token) => (await _tokens.CheckAsync(token)).Refusal;
}
