using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Tests.Http;

namespace Serverless.Tests.Notifications;

public class NotificationsBadInputTests(SharedCloud cloud)
{
    private readonly NotifyClient _client = new(cloud);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A change to a good request ("$user" and "$template" stand for what exists), and the field that is named.</summary>
    public static TheoryData<string, string> Wrong => new()
    {
        { """{"template": "no-such"}""", "template" },
        { """{"version": 7}""", "version" },
        { """{"data": {}}""", "data.name" },
        { """{"data": {"name": 7}}""", "data.name" },
        { """{"data": {"name": "A", "other": "B"}}""", "data.other" },
        { """{"data": "A"}""", "data" },
        { """{"recipients": ["nobody-knows-me"]}""", "recipients[0]" },
        { """{"recipients": ["$user", "$user"]}""", "recipients[1]" },
        { """{"recipients": [{"user": "$user", "data": {"name": 7}}]}""", "recipients[0].data.name" },
        { """{"recipients": [{"user": "$user", "colour": "red"}]}""", "recipients[0].colour" },
        { """{"recipients": []}""", "recipients" },
        { """{"recipients": null}""", "recipients" },
        { """{"category": "Über"}""", "category" },
        { """{"category": null}""", "category" },
        { """{"expires": "2020-01-01T00:00:00Z"}""", "expires" },
        { """{"expires": "tomorrow"}""", "expires" },
        { """{"notBefore": "2999-01-01T00:00:00Z"}""", "notBefore" },
        { """{"notBefore": "2026-01-01T00:00:00"}""", "notBefore" },
        { """{"priority": "urgent"}""", "priority" },
        { """{"channels": ["pigeon"]}""", "channels[0]" },
        { """{"channels": ["push", "push"]}""", "channels[1]" },
        { """{"collapseKey": ""}""", "collapseKey" },
        { """{"text": {"body": "both"}}""", "template" },
        { """{"template": null, "data": null}""", "template" },
        { """{"template": null, "data": null, "text": {"title": "no body"}}""", "text.body" },
        { """{"template": null, "data": null, "text": {"title": "a\nb", "body": "c"}}""", "text.title" },
        { """{"template": null, "data": null, "channels": ["email"], "text": {"body": "no subject"}}""", "text" },
        { """{"colour": "red"}""", "colour" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_wrong_is_named_and_nothing_is_stored(string change, string field)
    {
        var (user, template, key) = (await _client.UserAsync(), await _client.TemplateAsync(), NotifyClient.NewName("k"));
        var body = JsonNode.Parse($$$"""{"recipients": ["{{{user}}}"], "category": "orders", "template": "{{{template}}}", "data": {"name": "A"}}""")!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change.Replace("$user", user, StringComparison.Ordinal))!.AsObject())
        {
            if (value is null && field != name)
                body.Remove(name);
            else
                body[name] = value?.DeepClone();
        }

        var problem = await AssertProblem.IsAsync(await _client.SendAsync(body, key), 400, "bad-field");
        Assert.Equal(field, problem.GetProperty("field").GetString());
        Assert.EndsWith("Nothing was stored.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);

        // The notification that the key would name is not there: not even its place in the outbox.
        var good = new { recipients = new[] { user }, category = "orders", template, data = new { name = "A" }, channels = NotifyClient.InApp };
        var id = await _client.AcceptedAsync(good, key + "-good");
        Assert.Equal(["inapp delivered"], NotifyClient.Deliveries(await _client.DoneAsync(id)));
        Assert.Single((await _client.GetAsync($"users/{user}/inbox")).GetProperty("entries").EnumerateArray());
    }

    [Fact]
    public async Task A_push_beyond_4_KB_is_refused_for_whoever_would_get_it_and_taken_where_there_is_room()
    {
        var user = await _client.UserAsync();
        var text = new { title = "Long", body = new string('가', 1_400) };
        var problem = await AssertProblem.IsAsync(await _client.SendAsync(new { recipients = new[] { user }, category = "orders", text, channels = NotifyClient.Push }), 400, "bad-field");
        Assert.Equal("text", problem.GetProperty("field").GetString());
        Assert.Contains("4096", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await _client.AcceptedAsync(new { recipients = new[] { user }, category = "orders", text, channels = NotifyClient.Mail });
    }

    [Fact]
    public async Task Bodies_that_are_no_notification_are_refused()
    {
        await AssertProblem.IsAsync(await _client.Http.PostAsync(Address("notifications"), new StringContent("{", Encoding.UTF8, "application/json"), Cancelled), 400, "bad-json");
        await AssertProblem.IsAsync(await _client.Http.PostAsync(Address("notifications"), new StringContent("{}", Encoding.UTF8, "text/plain"), Cancelled), 415, "bad-content-type");
        await AssertProblem.IsAsync(await _client.SendAsync(new { text = new string('a', 200_000) }), 413, "too-large");
        await AssertProblem.IsAsync(await cloud.Nobody.PostAsJsonAsync(Address("notifications"), new { }, Cancelled), 401, "unauthenticated");
        await AssertProblem.IsAsync(await _client.Http.GetAsync(Address("notifications/00000000000000000000000000000000"), Cancelled), 404, "unknown-notification");
        await AssertProblem.IsAsync(await _client.Http.GetAsync(Address("notifications/x"), Cancelled), 404, "unknown-notification");
        await AssertProblem.IsAsync(await _client.Http.PostAsync(Address("notifications/dead/x/retry"), null, Cancelled), 404, "unknown-dead-letter");
    }

    private static Uri Address(string path) => new($"api/{path}", UriKind.Relative);
}
