using System.Security.Cryptography;

namespace Serverless.Notifications;

/// <summary>Configuration section "Notifications:Apns": Apple's push service. Without <see cref="KeyId"/> it is not used.</summary>
public sealed class ApnsOptions : ProviderLimits
{
    public const string Section = "Notifications:Apns";

    /// <summary>Default https://api.push.apple.com; https://api.sandbox.push.apple.com for development builds of apps.</summary>
    public Uri Host { get; set; } = new("https://api.push.apple.com");

    /// <summary>The team that the key belongs to: 10 characters.</summary>
    public string TeamId { get; set; } = "";

    /// <summary>The key's id: 10 characters.</summary>
    public string KeyId { get; set; } = "";

    /// <summary>The key, as Apple gives it out: PKCS #8 in PEM (.p8). A Key Vault reference in Azure.</summary>
    public string PrivateKey { get; set; } = "";

    /// <summary>The topic of an app, where it is not the app's own name as devices register it.</summary>
    public Dictionary<string, string> Topics { get; set; } = [];

    /// <summary>Null when all is well, else a sentence.</summary>
    public string? Problem()
    {
        if (KeyId.Length == 0)
            return null;
        if (TeamId.Length == 0)
            return "Notifications:Apns:TeamId is needed beside KeyId.";
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(PrivateKey);
            return null;
        }
        catch (ArgumentException)
        {
            return "Notifications:Apns:PrivateKey must be the key as Apple gives it out: PKCS #8 in PEM (.p8).";
        }
    }
}
