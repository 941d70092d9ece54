using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Serverless.Tests.Http;

/// <summary>Signs any token a test wants, right or wrong.</summary>
internal sealed class TokenMint : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _keyId;

    public TokenMint(string keyId, string? pem = null)
    {
        _keyId = keyId;
        if (pem is not null)
            _key.ImportFromPem(pem);
    }

    /// <summary>The public halves of some mints as a JSON Web Key Set.</summary>
    public static string KeySet(params TokenMint[] mints) => JsonSerializer.Serialize(new { keys = mints.Select(m => m.PublicKey()) });

    public string Token(string? user, string issuer, string audience, DateTimeOffset? expires, DateTimeOffset? notBefore = null, params string[] roles)
    {
        var claims = new Dictionary<string, object> { ["roles"] = roles };
        if (user is not null)
            claims[JwtRegisteredClaimNames.Sub] = user;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Expires = expires?.UtcDateTime,
            NotBefore = notBefore?.UtcDateTime,
            Claims = claims,
            SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(_key) { KeyId = _keyId }, SecurityAlgorithms.EcdsaSha256)
            {
                // The cache goes by key id, not by key.
                CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
            },
        });
    }

    public void Dispose() => _key.Dispose();

    private object PublicKey()
    {
        var point = _key.ExportParameters(false).Q;
        return new { kty = "EC", crv = "P-256", use = "sig", kid = _keyId, x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y) };
    }
}
