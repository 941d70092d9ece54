using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Serverless.Local.Cloud;

namespace Serverless.Local.Head;

/// <summary>
/// The local cloud's own issuer of user tokens. Its key lies in the data folder, so tokens outlive a restart and hold on every
/// head of the cloud. Never part of the deployed app.
/// </summary>
internal sealed class DevIdentity : IDisposable
{
    public const string Issuer = "https://local.serverless";
    public const string Audience = "serverless";

    /// <summary>How long a token is good: one hour.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private const string KeyFile = "issuer-key.pem";
    private readonly ECDsa _key;
    private readonly TimeProvider _clock;

    private DevIdentity(ECDsa key, TimeProvider clock) => (_key, _clock) = (key, clock);

    /// <param name="folder">Where the key is kept; it is made when there is none. Null: a key for this process only.</param>
    /// <param name="clock">The clock.</param>
    public static DevIdentity Open(string? folder, TimeProvider clock)
    {
        if (folder is not null && TryRead(folder) is { } kept)
            return new DevIdentity(kept, clock);

        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, KeyFile), key.ExportPkcs8PrivateKeyPem());
        }

        return new DevIdentity(key, clock);
    }

    /// <summary>That of the cloud which keeps its data in <paramref name="folder"/>, for one more head of it.</summary>
    /// <exception cref="LocalCloudException">The folder has no key.</exception>
    public static DevIdentity OfCloud(string folder, TimeProvider clock) => TryRead(folder) is { } key
        ? new DevIdentity(key, clock)
        : throw new LocalCloudException(
            $"The data folder {folder} is not that of a local cloud which has started: name the folder that the cloud uses with --data.");

    /// <summary>The public key, as the app's setting Auth:Keys wants it.</summary>
    public string PublicKeys()
    {
        var parameters = _key.ExportParameters(false);
        return JsonSerializer.Serialize(new
        {
            keys = new[]
            {
                new
                {
                    kty = "EC", crv = "P-256", use = "sig", alg = SecurityAlgorithms.EcdsaSha256, kid = KeyId(),
                    x = Base64UrlEncoder.Encode(parameters.Q.X), y = Base64UrlEncoder.Encode(parameters.Q.Y),
                },
            },
        });
    }

    /// <summary>A token for <paramref name="user"/>, good from now for <paramref name="life"/>.</summary>
    public string Issue(string user, IReadOnlyList<string> roles, TimeSpan life)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            IssuedAt = now,
            Expires = now + life,
            Claims = new Dictionary<string, object> { [JwtRegisteredClaimNames.Sub] = user, ["roles"] = roles.ToArray() },
            SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(_key) { KeyId = KeyId() }, SecurityAlgorithms.EcdsaSha256)
            {
                // The cache of the whole process goes by key id: after a restart in it, it would hold the disposed key.
                CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
            },
        });
    }

    public void Dispose() => _key.Dispose();

    private static ECDsa? TryRead(string folder)
    {
        var file = Path.Combine(folder, KeyFile);
        if (!File.Exists(file))
            return null;
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(file));
        return key;
    }

    private string KeyId() => Convert.ToHexStringLower(SHA256.HashData(_key.ExportSubjectPublicKeyInfo()))[..16];
}
