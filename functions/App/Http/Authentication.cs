using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Serverless.Http;

/// <summary>Tells who calls: a service by app key and secret, or a user by a bearer token. Outcomes are values.</summary>
public sealed class Authentication(UserTokens tokens, IOptionsMonitor<AuthOptions> options)
{
    public const string KeyHeader = "X-App-Key";
    public const string SecretHeader = "X-App-Secret";
    private const string Bearer = "Bearer ";

    /// <summary>A caller, or why there is none.</summary>
    public async Task<(Caller? Caller, string? Refusal)> IdentifyAsync(HttpRequest request)
    {
        if (request.Headers[KeyHeader].ToString() is { Length: > 0 } key)
        {
            return IsSecretOf(key, request.Headers[SecretHeader].ToString())
                ? (new Caller.Service(key), null)
                : (null, $"The app key is unknown or {SecretHeader} does not belong to it.");
        }

        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? await tokens.CheckAsync(authorization[Bearer.Length..].Trim())
            : (null, $"Send {KeyHeader} and {SecretHeader} as a service, or Authorization: Bearer and a token as a user.");
    }

    // Every configured hash is compared, in constant time, so that timing tells nothing about which keys exist.
    private bool IsSecretOf(string key, string secret)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        var matches = false;
        foreach (var service in options.CurrentValue.Services)
        {
            foreach (var expected in service.SecretHashes)
                matches |= service.Key == key & CryptographicOperations.FixedTimeEquals(Convert.FromHexString(expected), hash);
        }

        return matches;
    }
}
