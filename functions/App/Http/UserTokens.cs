using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Serverless.Http;

/// <summary>
/// Checks user tokens (JWT, RFC 7519): signature, issuer, audience and lifetime, with 30 s of tolerance. Keys may roll over: a
/// token that names an unknown key makes the issuer's keys be read again.
/// </summary>
public sealed class UserTokens : IDisposable
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly TimeProvider _clock;
    private readonly IDisposable? _reload;
    private TokenValidationParameters _parameters;

    public UserTokens(IOptionsMonitor<AuthOptions> options, TimeProvider clock)
    {
        _clock = clock;
        _parameters = Parameters(options.CurrentValue);
        _reload = options.OnChange(changed => _parameters = Parameters(changed));
    }

    public async Task<(Caller? Caller, string? Refusal)> CheckAsync(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, _parameters);
        if (!result.IsValid)
        {
            return (null, result.Exception switch
            {
                SecurityTokenExpiredException => "The token has expired: sign in again.",
                SecurityTokenInvalidAudienceException => "The token is meant for another audience.",
                SecurityTokenInvalidIssuerException => "The token comes from another issuer.",
                _ => "The token is not valid.",
            });
        }

        var user = result.ClaimsIdentity.FindFirst(JwtRegisteredClaimNames.Sub)?.Value;
        return user is { Length: > 0 and <= 128 }
            ? (new Caller.User(user, result.ClaimsIdentity.FindAll("roles").Select(c => c.Value).ToFrozenSet(StringComparer.Ordinal)), null)
            : (null, "The token names no user (sub, at most 128 characters).");
    }

    public void Dispose() => _reload?.Dispose();

    private TokenValidationParameters Parameters(AuthOptions options)
    {
        var parameters = new TokenValidationParameters
        {
            ValidIssuer = options.Issuer,
            ValidAudience = options.Audience,
            RequireExpirationTime = true,
            LifetimeValidator = (notBefore, expires, _, _) => IsAlive(notBefore, expires),
        };
        if (options.Keys is { } keys)
            parameters.IssuerSigningKeys = new JsonWebKeySet(keys).GetSigningKeys();
        else if (options.MetadataAddress is { } address)
            parameters.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(address.ToString(), new OpenIdConnectConfigurationRetriever());
        return parameters;
    }

    private bool IsAlive(DateTime? notBefore, DateTime? expires)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        if (expires is null || expires.Value + Tolerance <= now)
            throw new SecurityTokenExpiredException();
        return notBefore is null || notBefore.Value - Tolerance <= now;
    }
}
