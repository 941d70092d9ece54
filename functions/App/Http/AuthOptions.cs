using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Serverless.Http;

/// <summary>Configuration section "Auth": whose credentials are believed.</summary>
public sealed class AuthOptions
{
    public const string Section = "Auth";

    /// <summary>The issuer that user tokens must name.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The audience that user tokens must name.</summary>
    public string Audience { get; set; } = "";

    /// <summary>Where the issuer publishes its keys (OpenID Connect discovery). Keys are read again every 12 hours, and at once when a token names an unknown one.</summary>
    public Uri? MetadataAddress { get; set; }

    /// <summary>The issuer's keys as a JSON Web Key Set (RFC 7517), instead of a metadata address. Changes take effect without a restart.</summary>
    public string? Keys { get; set; }

    /// <summary>The services that may call, by app key.</summary>
    public List<ServiceCredential> Services { get; set; } = [];

    /// <summary>Null when all is well, else a sentence.</summary>
    public string? Problem() =>
        Issuer.Length == 0 || Audience.Length == 0 ? "Auth:Issuer and Auth:Audience are needed to check user tokens."
        : MetadataAddress is null && Keys is null ? "Auth needs the issuer's keys: set Auth:MetadataAddress or Auth:Keys."
        : Keys is not null && !IsKeySet(Keys) ? "Auth:Keys is not a JSON Web Key Set: {\"keys\":[…]} as the issuer publishes it."
        : Services.Find(s => s.Key.Length == 0 || s.SecretHashes.Count == 0) is not null ? "Each of Auth:Services needs Key and at least one of SecretHashes."
        : Services.Find(s => !s.SecretHashes.TrueForAll(IsHash)) is { } wrong ? $"Auth:Services has a SecretHashes of '{wrong.Key}' that is not a SHA-256 in hexadecimal: 64 digits."
        : null;

    private static bool IsHash(string text) => text.Length == 2 * SHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigit);

    private static bool IsKeySet(string text)
    {
        try
        {
            _ = new JsonWebKeySet(text);
            return true;
        }
        catch (Exception bad) when (bad is ArgumentException or JsonException)
        {
            return false;
        }
    }
}

/// <summary>One calling service. Two hashes let a secret be rotated without an interruption.</summary>
public sealed class ServiceCredential
{
    public string Key { get; set; } = "";

    /// <summary>SHA-256 of each valid secret, in hexadecimal. Secrets themselves are never configured.</summary>
    public List<string> SecretHashes { get; set; } = [];
}
