using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Serverless.Local.Inbox;

namespace Serverless.Tests.Notifications;

/// <summary>The local providers refuse what the real ones would, so that what they take is worth something.</summary>
public class InboxTests(SharedCloud cloud)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private IReadOnlyDictionary<string, string?> Settings => cloud.Head.Providers!.Settings();

    [Fact]
    public async Task Calls_without_the_right_credentials_are_refused()
    {
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        var apns = await http.PostAsync(new Uri($"{Settings["Notifications:Apns:Host"]}3/device/inbox-test"), new StringContent("{}"), Cancelled);
        Assert.Equal((HttpStatusCode.Forbidden, "MissingProviderToken"), (apns.StatusCode, (await apns.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("reason").GetString()));
        var address = Settings["Notifications:Fcm:Host"];
        var fcm = await cloud.Nobody.PostAsJsonAsync($"{address}v1/projects/p/messages:send", new { message = new { token = "inbox-test", notification = new { body = "b" } } }, Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, fcm.StatusCode);
        var token = await cloud.Nobody.PostAsync($"{address}token", new FormUrlEncodedContent([KeyValuePair.Create("assertion", "no.such.thing")]), Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, token.StatusCode);
        var sms = await cloud.Nobody.PostAsync($"{address}sms?api-version=2021-03-07", new StringContent("{}", Encoding.UTF8, "application/json"), Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, sms.StatusCode);
        Assert.DoesNotContain(cloud.Head.Providers!.Inbox.List(0, null, "inbox-test", 10), message => message.IsTaken);
    }

    [Fact]
    public async Task Mail_arrives_as_it_was_sent_and_a_repetition_is_marked()
    {
        var to = $"{NotifyClient.NewName("m")}@example.com";
        using var mail = new MimeMessage { Subject = "제목", MessageId = $"{to}", Body = new BodyBuilder { TextBody = "one\r\n.two\r\n..three", HtmlBody = "<script>alert(1)</script><p>안녕</p>" }.ToMessageBody() };
        mail.From.Add(MailboxAddress.Parse("a@example.com"));
        mail.To.Add(MailboxAddress.Parse(to));
        using (var smtp = new SmtpClient())
        {
            await smtp.ConnectAsync("127.0.0.1", int.Parse(Settings["Notifications:Email:Port"]!, null), SecureSocketOptions.None, Cancelled);
            await smtp.AuthenticateAsync("anybody", "anything", Cancelled);
            await smtp.SendAsync(mail, Cancelled);
            await smtp.SendAsync(mail, Cancelled);
            await smtp.DisconnectAsync(quit: true, Cancelled);
        }

        var messages = cloud.Head.Providers!.Inbox.List(0, "smtp", to, 10);
        Assert.Equal([true, false], messages.Select(message => message.Repeats));
        Assert.Equal(("제목", "one\r\n.two\r\n..three"), (messages[0].Arrival.Title, messages[0].Arrival.Body.ReplaceLineEndings("\r\n")));
        using var shown = await cloud.Nobody.GetAsync(new Uri($"inbox/messages/{messages[0].Number}/html", UriKind.Relative), Cancelled);
        Assert.StartsWith("sandbox; default-src 'none'", Assert.Single(shown.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_asks_nobody_but_the_head_and_runs_no_script_but_its_own()
    {
        using var page = await cloud.Nobody.GetAsync(new Uri("inbox", UriKind.Relative), Cancelled);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'self' 'unsafe", policy, StringComparison.Ordinal);
        var script = await cloud.Nobody.GetStringAsync(new Uri("inbox/inbox.js", UriKind.Relative), Cancelled);
        foreach (var text in (string[])[await page.Content.ReadAsStringAsync(Cancelled), script])
        {
            Assert.DoesNotContain("://", text, StringComparison.Ordinal);
            Assert.DoesNotContain("innerHTML", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("pigeon", """{"answer": "ok"}""", 404, "unknown-provider")]
    [InlineData("fcm", """{"answer": "418"}""", 400, "bad-switch")]
    [InlineData("fcm", """{"answer": "429", "percent": 0}""", 400, "bad-switch")]
    [InlineData("fcm", "[]", 400, "bad-json")]
    public async Task A_switch_that_cannot_be_is_refused(string provider, string body, int status, string type) => await AssertProblemIsAsync(
        await cloud.Nobody.PutAsync(new Uri($"inbox/switches/{provider}", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Cancelled), status, type);

    [Fact]
    public void A_share_of_calls_and_single_addresses_can_be_refused()
    {
        var switches = new Switches(new Random(1));
        Assert.Equal(SwitchAnswer.Ok, switches.Decide("fcm", "a"));
        switches.Set("fcm", new Switch(SwitchAnswer.TooMany, 20, "bob"));
        Assert.Equal(SwitchAnswer.Ok, switches.Decide("fcm", "alice"));
        Assert.InRange(Enumerable.Range(0, 1_000).Count(_ => switches.Decide("fcm", "bob") == SwitchAnswer.TooMany), 150, 250);
    }

    private static async Task AssertProblemIsAsync(HttpResponseMessage answer, int status, string type)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal($"urn:serverless:problem:{type}", (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("type").GetString());
    }
}
