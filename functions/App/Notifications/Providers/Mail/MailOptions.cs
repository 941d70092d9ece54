using System.ComponentModel.DataAnnotations;
using MailKit.Security;
using MimeKit;

namespace Serverless.Notifications;

/// <summary>Configuration section "Notifications:Email": mail over SMTP (RFC 5321). Without <see cref="Host"/> it is not used.</summary>
public sealed class MailOptions : ProviderLimits
{
    public const string Section = "Notifications:Email";

    /// <summary>The server.</summary>
    public string Host { get; set; } = "";

    /// <summary>Its port: 1 to 65,535, default 587.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    /// <summary>StartTls (default), SslOnConnect, or None for a server on this machine.</summary>
    public SecureSocketOptions Security { get; set; } = SecureSocketOptions.StartTls;

    /// <summary>Who signs in; empty: nobody.</summary>
    public string User { get; set; } = "";

    /// <summary>A Key Vault reference in Azure.</summary>
    public string Password { get; set; } = "";

    /// <summary>Who mails come from, such as "Shop &lt;no-reply@example.com&gt;".</summary>
    public string From { get; set; } = "";

    /// <summary>Where recipients unsubscribe (List-Unsubscribe, RFC 2369); null: no such header.</summary>
    public Uri? Unsubscribe { get; set; }

    /// <summary>Connections of one instance: 1 to 50, default 8.</summary>
    [Range(1, 50)]
    public int Connections { get; set; } = 8;

    /// <summary>Null when all is well, else a sentence.</summary>
    public string? Problem() =>
        Host.Length == 0 || MailboxAddress.TryParse(From, out _) ? null : "Notifications:Email:From must be a mail address, such as \"Shop <no-reply@example.com>\".";
}
