using System.Security.Cryptography;
using System.Text.Json;

namespace Serverless.Local.Inbox;

/// <summary>The keys by which the local cloud's providers know its app, as Apple, Google and Azure would give them out. They lie in the data folder, so that every head of the cloud has the same.</summary>
/// <param name="ApnsKey">PKCS #8 in PEM, of an ES256 key.</param>
/// <param name="FcmKey">PKCS #8 in PEM, of an RSA key.</param>
/// <param name="SmsKey">In base64.</param>
/// <param name="SigningKey">Of links to events, in base64.</param>
internal sealed record LocalCredentials(string ApnsKey, string FcmKey, string SmsKey, string SigningKey)
{
    public const string TeamId = "LOCALTEAM1";
    public const string KeyId = "LOCALKEY01";
    public const string Project = "local-project";
    public const string ServiceAccount = "app@local-project.iam.gserviceaccount.com";
    public const string SmsFrom = "+12025550100";

    private const string FileName = "provider-keys.json";
    private const int RsaBits = 2048;
    private const int KeyBytes = 32;

    /// <param name="folder">Where they are kept; they are made when there are none. Null: for this process only.</param>
    public static LocalCredentials Open(string? folder)
    {
        var file = folder is null ? null : Path.Combine(folder, FileName);
        if (file is not null && File.Exists(file) && JsonSerializer.Deserialize<LocalCredentials>(File.ReadAllText(file)) is { } kept)
            return kept;
        using var apns = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var fcm = RSA.Create(RsaBits);
        var made = new LocalCredentials(
            apns.ExportPkcs8PrivateKeyPem(), fcm.ExportPkcs8PrivateKeyPem(), Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)), Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        if (file is not null)
        {
            Directory.CreateDirectory(folder!);
            File.WriteAllText(file, JsonSerializer.Serialize(made));
        }

        return made;
    }

    /// <summary>The service account's key as Google gives it out.</summary>
    public string ServiceAccountJson(Uri tokenAddress) => JsonSerializer.Serialize(new
    {
        type = "service_account",
        project_id = Project,
        private_key_id = "local",
        private_key = FcmKey,
        client_email = ServiceAccount,
        client_id = "1",
        token_uri = tokenAddress.ToString(),
    });
}
