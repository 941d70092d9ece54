using System.Text.Json;

namespace Serverless.Notifications;

/// <summary>Configuration section "Notifications:Fcm": Firebase Cloud Messaging. Without <see cref="ProjectId"/> it is not used.</summary>
public sealed class FcmOptions : ProviderLimits
{
    public const string Section = "Notifications:Fcm";

    /// <summary>Default https://fcm.googleapis.com.</summary>
    public Uri Host { get; set; } = new("https://fcm.googleapis.com");

    /// <summary>The Firebase project.</summary>
    public string ProjectId { get; set; } = "";

    /// <summary>The service account's key, the JSON that Google gives out. A Key Vault reference in Azure.</summary>
    public string Credentials { get; set; } = "";

    /// <summary>Null when all is well, else a sentence.</summary>
    public string? Problem()
    {
        if (ProjectId.Length == 0)
            return null;
        try
        {
            using var key = JsonDocument.Parse(Credentials);
            return key.RootElement.TryGetProperty("private_key", out _) && key.RootElement.TryGetProperty("client_email", out _) ? null : Wrong;
        }
        catch (JsonException)
        {
            return Wrong;
        }
    }

    private const string Wrong = "Notifications:Fcm:Credentials must be a service account's key: the JSON that Google gives out.";
}
