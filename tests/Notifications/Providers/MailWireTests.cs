using System.Text;
using MailKit.Security;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using Serverless.Notifications;

namespace Serverless.Tests.Notifications;

public sealed class MailWireTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(ProviderCalls.Now);
    private readonly ScriptedSmtp _server = new();
    private readonly List<MailConnections> _connections = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _connections.ForEach(one => one.Dispose());
        _server.Dispose();
    }

    // RFC 5321 §4.2, RFC 3463.
    [Theory]
    [InlineData("RCPT", "550 5.1.1 No such mailbox", "dead")]
    [InlineData("RCPT", "550 No such mailbox", "dead")]
    [InlineData("RCPT", "553 5.1.3 Bad address", "dead")]
    [InlineData("RCPT", "550 5.7.1 Relaying denied", "refused")]
    [InlineData("RCPT", "450 4.2.1 Mailbox busy", "later")]
    [InlineData("RCPT", "452 4.2.2 Mailbox full", "later")]
    [InlineData("MAIL", "421 4.3.2 Shutting down", "later")]
    [InlineData("MAIL", "530 5.7.0 Sign in first", "misconfigured")]
    [InlineData("DATA", "451 4.3.0 Try again", "later")]
    [InlineData(".", "451 4.7.1 Slow down", "later")]
    [InlineData(".", "554 5.7.1 Spam", "refused")]
    [InlineData(".", "552 5.3.4 Too long", "refused")]
    [InlineData("AUTH", "535 5.7.8 Wrong password", "misconfigured")]
    [InlineData("NOTHING", "", "taken")]
    public async Task Every_answer_has_its_consequence(string command, string answer, string expected)
    {
        _server.Answer = said => said.Split(' ')[0] == command ? answer : ScriptedSmtp.Usual(said);
        Assert.Equal(expected, ProviderCalls.Text(await Provider(user: "app").SendAsync(ProviderCalls.Call(to: "a@example.com"), Cancelled)));
    }

    [Fact]
    public async Task A_mail_that_lost_its_answer_is_unknown_and_one_that_was_not_begun_is_tried_later()
    {
        _server.Answer = said => said == "." ? null : ScriptedSmtp.Usual(said);
        Assert.Equal("unknown", ProviderCalls.Text(await Provider().SendAsync(ProviderCalls.Call(to: "a@example.com"), Cancelled)));
        _server.Answer = _ => null;
        Assert.Equal("later", ProviderCalls.Text(await Provider().SendAsync(ProviderCalls.Call(to: "a@example.com"), Cancelled)));
        Assert.Equal("later", ProviderCalls.Text(await Provider(port: 9).SendAsync(ProviderCalls.Call(to: "a@example.com"), Cancelled)));
    }

    [Fact]
    public async Task A_mail_has_both_forms_its_own_name_and_one_line_of_subject()
    {
        var provider = Provider();
        var call = ProviderCalls.Call(to: "a@example.com", body: "안녕하세요", html: "<p>안녕</p>") with { Content = new Content("제목", "안녕하세요", "<p>안녕</p>") };
        await provider.SendAsync(call, Cancelled);
        await provider.SendAsync(call, Cancelled);
        using var mail = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(_server.Mails[0])), Cancelled);
        Assert.Equal(("제목", "안녕하세요", "<p>안녕</p>", $"{call.Delivery}@example.com"), (mail.Subject, mail.TextBody?.Trim(), mail.HtmlBody?.Trim(), mail.MessageId));
        Assert.Equal((ProviderCalls.Now, "<https://example.com/stop>"), (mail.Date, mail.Headers["List-Unsubscribe"]));
        Assert.Contains($"{call.Delivery}@example.com", _server.Mails[1], StringComparison.Ordinal);

        // One connection for both.
        Assert.Equal(1, _server.Connections);
    }

    [Fact]
    public async Task A_connection_that_was_closed_meanwhile_is_opened_again()
    {
        var provider = Provider();
        await provider.SendAsync(ProviderCalls.Call(to: "a@example.com"), Cancelled);
        _server.Answer = said => said == "NOOP" ? null : ScriptedSmtp.Usual(said);
        Assert.Equal("taken", ProviderCalls.Text(await provider.SendAsync(ProviderCalls.Call(to: "a@example.com"), Cancelled)));
        Assert.Equal((2, 2), (_server.Connections, _server.Mails.Count));
    }

    private MailProvider Provider(string user = "", int? port = null)
    {
        var options = Options.Create(new MailOptions
        {
            Host = "127.0.0.1",
            Port = port ?? _server.Port,
            Security = SecureSocketOptions.None,
            User = user,
            Password = "secret",
            From = "Shop <shop@example.com>",
            Unsubscribe = new Uri("https://example.com/stop"),
        });
        var connections = new MailConnections(options);
        _connections.Add(connections);
        return new MailProvider(connections, options, _clock);
    }
}
