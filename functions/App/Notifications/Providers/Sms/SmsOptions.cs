namespace Serverless.Notifications;

/// <summary>Configuration section "Notifications:Sms": Azure Communication Services. Without <see cref="Endpoint"/> it is not used.</summary>
public sealed class SmsOptions : ProviderLimits
{
    public const string Section = "Notifications:Sms";

    /// <summary>The resource's endpoint, such as https://contoso.communication.azure.com.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The resource's access key, in base64. A Key Vault reference in Azure.</summary>
    public string AccessKey { get; set; } = "";

    /// <summary>The number that messages come from, in E.164, or a short code.</summary>
    public string From { get; set; } = "";

    /// <summary>Null when all is well, else a sentence.</summary>
    public string? Problem() =>
        Endpoint is null ? null
        : From.Length == 0 ? "Notifications:Sms:From is needed beside Endpoint."
        : AccessKey.Length > 0 && Convert.TryFromBase64String(AccessKey, new byte[AccessKey.Length], out var length) && length > 0 ? null
        : "Notifications:Sms:AccessKey must be the resource's access key, in base64.";
}
