using System.ComponentModel.DataAnnotations;
using System.Text;

namespace Serverless.Notifications;

/// <summary>Configuration section "Notifications".</summary>
public sealed class NotificationsOptions
{
    public const string Section = "Notifications";

    private const int ShortestKeyBytes = 32;

    /// <summary>How long what became of a notification can be asked, in days after the last at which it could have been sent: 1 to 365, default 30.</summary>
    [Range(1, 365)]
    public int KeepDays { get; set; } = 30;

    /// <summary>How long a notification is worth delivering when its sender does not say, in hours: 1 to 720, default 72.</summary>
    [Range(1, 720)]
    public int LifeHours { get; set; } = 72;

    /// <summary>Attempts of one delivery before it becomes a dead letter: 1 to 50, default 10, which takes about half an hour.</summary>
    [Range(1, 50)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>
    /// Seconds for which a worker holds what it hands to a provider: 5 to 240, default 60. Far above a provider's time-out. When a worker dies, another goes on after so long and
    /// <see cref="ClockMarginSeconds"/> more.
    /// </summary>
    [Range(5, 240)]
    public int LeaseSeconds { get; set; } = 60;

    /// <summary>How far the clocks of two instances may differ, in seconds: 0 to 120, default 30.</summary>
    [Range(0, 120)]
    public int ClockMarginSeconds { get; set; } = 30;

    /// <summary>Deliveries of a batch that are at the provider at once, and so the most that are in doubt when a worker dies: 1 to 100, default 10.</summary>
    [Range(1, 100)]
    public int AtOnce { get; set; } = 10;

    /// <summary>Where apps and mails tell that a notification was opened or clicked: the public address of this API, such as https://example.com/api; null: links are not offered.</summary>
    public Uri? PublicAddress { get; set; }

    /// <summary>Signs those links: at least 32 bytes, in base64; a Key Vault reference in Azure. Needed with <see cref="PublicAddress"/>.</summary>
    public string? SigningKey { get; set; }

    /// <summary>Null when all is well, else a sentence.</summary>
    public string? Problem() =>
        PublicAddress is null ? null
        : !PublicAddress.IsAbsoluteUri ? "Notifications:PublicAddress must be an absolute address, such as https://example.com/api."
        : SigningKeyBytes() is { Length: >= ShortestKeyBytes } ? null
        : $"Notifications:SigningKey must be at least {ShortestKeyBytes} bytes in base64: links of Notifications:PublicAddress are signed with it.";

    /// <summary>Null when there is none, or it is no base64.</summary>
    internal byte[]? SigningKeyBytes()
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(SigningKey ?? "")];
        return SigningKey is not null && Convert.TryFromBase64String(SigningKey, bytes, out var length) ? bytes[..length] : null;
    }
}
