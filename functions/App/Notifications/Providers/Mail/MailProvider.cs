using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Serverless.Notifications;

/// <summary>Mail over SMTP, by MailKit. A repetition has the same Message-Id, so that mailboxes which look can tell.</summary>
internal sealed partial class MailProvider(MailConnections connections, IOptions<MailOptions> options, TimeProvider clock) : IProvider
{
    private static readonly MailboxAddress Nobody = new("", "nobody@example.com");

    private readonly MailboxAddress _from = MailboxAddress.TryParse(options.Value.From, out var from) ? from : Nobody;

    public Carrier Carrier => Carrier.Email;

    public string Name => "smtp";

    public string? Problem(ProviderCall call) => string.IsNullOrWhiteSpace(call.Content.Title) ? "A mail needs a subject: give the text a title." : null;

    public async Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        using var mail = MailOf(call);
        var handedOver = false;
        try
        {
            var said = await connections.UseAsync(client =>
            {
                handedOver = true;
                return client.SendAsync(mail, cancellationToken);
            }, cancellationToken);
            return new ProviderAnswer.Taken("250", said.Trim());
        }
        catch (SmtpCommandException refused)
        {
            return AnswerOf(refused);
        }
        catch (Exception failure) when (failure is AuthenticationException or SslHandshakeException or ServiceNotAuthenticatedException or NotSupportedException)
        {
            return new ProviderAnswer.Misconfigured("535", "The mail server does not take our sign-in or its security: see Notifications:Email.");
        }
        catch (Exception failure) when (failure is SocketException or IOException or ProtocolException or ServiceNotConnectedException)
        {
            // Once the mail was on its way, the server may have it.
            return handedOver ? new ProviderAnswer.Unknown(ProviderWire.AnswerLost) : new ProviderAnswer.Later(ProviderWire.Unreachable, null);
        }
    }

    private MimeMessage MailOf(ProviderCall call)
    {
        var mail = new MimeMessage { Subject = call.Content.Title ?? "", Date = clock.GetUtcNow(), MessageId = $"{call.Delivery}@{_from.Domain}" };
        mail.From.Add(_from);
        mail.To.Add(new MailboxAddress("", call.To));
        mail.Headers.Add("X-Notification", call.Notification);
        if (options.Value.Unsubscribe is { } unsubscribe)
            mail.Headers.Add("List-Unsubscribe", $"<{unsubscribe}>");
        if (call.Priority == Priority.High)
            mail.Importance = MessageImportance.High;
        mail.Body = new BodyBuilder { TextBody = call.Content.Body, HtmlBody = call.Content.Html }.ToMessageBody();
        return mail;
    }

    // RFC 5321 §4.2.3, RFC 3463: an address that does not exist says so by 5.1.x.
    private static ProviderAnswer AnswerOf(SmtpCommandException refused)
    {
        var status = (int)refused.StatusCode;
        var enhanced = EnhancedStatus().Match(refused.Message).Value;
        var code = $"{status.ToString(CultureInfo.InvariantCulture)} {enhanced}".TrimEnd();
        return status switch
        {
            530 or 534 or 535 => new ProviderAnswer.Misconfigured(code, "The mail server does not take our sign-in: see Notifications:Email."),
            < 500 => new ProviderAnswer.Later(code, null),
            550 or 551 or 553 when refused.ErrorCode == SmtpErrorCode.RecipientNotAccepted && enhanced is "" or ['5', '.', '1', '.', ..] => new ProviderAnswer.AddressDead(code, null),
            _ => new ProviderAnswer.Refused(code, $"The mail server refuses the mail: {refused.Message}"),
        };
    }

    [GeneratedRegex(@"^[245]\.\d{1,3}\.\d{1,3}\b")]
    private static partial Regex EnhancedStatus();
}
