using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using Serverless.Tests.Http;

namespace Serverless.Tests.Notifications;

public class NotificationsHttpTests(SharedCloud cloud)
{
    private readonly NotifyClient _client = new(cloud);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_template_reaches_a_user_on_every_channel_in_their_language_and_the_ledger_tells()
    {
        var (user, template) = (await _client.UserAsync("ko-KR"), await _client.TemplateAsync());
        var id = await _client.AcceptedAsync(new { recipients = new[] { user }, category = "orders", template, data = new { name = "<김>" } });
        var ledger = await _client.DoneAsync(id);
        Assert.Equal(["android delivered", "email delivered", "inapp delivered", "ios delivered", "sms delivered"], NotifyClient.Deliveries(ledger));
        Assert.All(ledger.GetProperty("deliveries").EnumerateArray(), delivery => Assert.Equal("delivered", Assert.Single(delivery.GetProperty("attempts").EnumerateArray()).GetProperty("outcome").GetString()));

        var (ios, mail) = (_client.Inbox.List(0, "apns", user, 10), _client.Inbox.List(0, "smtp", user, 10));
        Assert.Equal(("안녕하세요", "<김>님, 안녕하세요"), (ios[0].Arrival.Title, ios[0].Arrival.Body));
        Assert.Equal(("For <김>", "Hello <김>"), (Assert.Single(mail).Arrival.Title, mail[0].Arrival.Body));
        Assert.Contains("<b><김></b>", WebUtility.HtmlDecode(mail[0].Arrival.Html!), StringComparison.Ordinal);
        Assert.DoesNotContain("<김>", mail[0].Arrival.Html, StringComparison.Ordinal);
        Assert.Single(_client.Inbox.List(0, "fcm", user, 10));
        var entry = Assert.Single((await _client.GetAsync($"users/{user}/inbox")).GetProperty("entries").EnumerateArray());
        Assert.Equal("Hello <김>", entry.GetProperty("body").GetString());

        var hour = Assert.Single((await _client.GetAsync($"templates/{template}/counts")).GetProperty("hours").EnumerateArray());
        Assert.Equal(2, hour.GetProperty("channels").GetProperty("push").GetProperty("delivered").GetInt32());
    }

    [Fact]
    public async Task The_same_key_twice_at_once_is_one_notification()
    {
        var (user, key) = (await _client.UserAsync(), NotifyClient.NewName("k"));
        var body = new { recipients = new[] { user }, category = "orders", text = new { title = "Hi", body = "there" }, channels = NotifyClient.Push };
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _client.SendAsync(body, key)));
        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.Accepted, HttpStatusCode.Conflict]));
        var ids = await Task.WhenAll(answers.Where(answer => answer.StatusCode == HttpStatusCode.Accepted).Select(answer => answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)));
        var id = Assert.Single(ids.Select(one => one.GetProperty("id").GetString()).Distinct());
        Assert.Equal(["android delivered", "ios delivered"], NotifyClient.Deliveries(await _client.DoneAsync(id!)));
        Assert.Single(_client.Inbox.List(0, "apns", user, 10));
    }

    [Fact]
    public async Task Opting_out_after_acceptance_and_before_sending_suppresses()
    {
        var user = await _client.UserAsync();
        var id = await _client.AcceptedAsync(new
        {
            recipients = new[] { user },
            category = "news",
            text = new { title = "Hi", body = "there" },
            channels = NotifyClient.PushAndMail,
            notBefore = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(3),
        });
        (await _client.PutAsync($"users/{user}/preferences", new { categories = new { news = new { push = false } } })).EnsureSuccessStatusCode();
        Assert.Equal(["android suppressed opted-out", "email delivered", "ios suppressed opted-out"], NotifyClient.Deliveries(await _client.DoneAsync(id)));
        Assert.Empty(_client.Inbox.List(0, "apns", user, 10));
    }

    [Fact]
    public async Task What_is_opened_and_clicked_is_told_at_the_signed_address_and_at_no_other()
    {
        var (user, template) = (await _client.UserAsync(), await _client.TemplateAsync());
        var id = await _client.AcceptedAsync(new { recipients = new[] { user }, category = "orders", template, data = new { name = "A" }, channels = NotifyClient.InApp });
        await _client.DoneAsync(id);
        var address = (await _client.GetAsync($"users/{user}/inbox")).GetProperty("entries")[0].GetProperty("eventsUrl").GetString()!;
        await AssertProblem.IsAsync(await cloud.Nobody.PostAsJsonAsync(address[..^4] + "AAAA", new { @event = "opened" }, Cancelled), 404, "unknown-address");
        await AssertProblem.IsAsync(await cloud.Nobody.PostAsJsonAsync(address, new { @event = "eaten" }, Cancelled), 400, "bad-field");
        Assert.Equal(HttpStatusCode.NoContent, (await cloud.Nobody.PostAsJsonAsync(address, new { @event = "clicked" }, Cancelled)).StatusCode);
        var delivery = (await _client.GetAsync($"notifications/{id}")).GetProperty("deliveries")[0];
        Assert.Equal((JsonValueKind.String, JsonValueKind.String), (delivery.GetProperty("opened").ValueKind, delivery.GetProperty("clicked").ValueKind));
        var counts = (await _client.GetAsync($"templates/{template}/counts")).GetProperty("hours").EnumerateArray().Last().GetProperty("channels").GetProperty("inapp");
        Assert.Equal((1, 1), (counts.GetProperty("opened").GetInt32(), counts.GetProperty("clicked").GetInt32()));
    }

    [Fact]
    public async Task The_open_app_hears_at_once_over_the_public_client()
    {
        var user = await _client.UserAsync();
        using var http = await cloud.AsUserAsync(user);
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(cloud.Head.Address, "api"), options => options.AccessTokenProvider = () => Task.FromResult(http.DefaultRequestHeaders.Authorization!.Parameter)).Build();
        var heard = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.On<JsonElement>("notification", heard.SetResult);
        await connection.StartAsync(Cancelled);
        var id = await _client.AcceptedAsync(new { recipients = new[] { user }, category = "orders", text = new { title = "Hi", body = "안녕" }, channels = NotifyClient.InApp });
        var pushed = await heard.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancelled);
        Assert.Equal(("안녕", 1), (pushed.GetProperty("body").GetString(), pushed.GetProperty("unread").GetInt32()));
        Assert.StartsWith(id, pushed.GetProperty("id").GetString(), StringComparison.Ordinal);
        using var marked = await http.PutAsJsonAsync(new Uri($"api/users/{user}/inbox/read", UriKind.Relative), new { upTo = 1 }, Cancelled);
        Assert.Equal(0, (await marked.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("unread").GetInt32());
    }

    [Fact]
    public async Task A_dead_token_is_forgotten_and_its_delivery_cannot_begin_anew()
    {
        var user = await _client.UserAsync();
        (await cloud.Nobody.PutAsJsonAsync(new Uri("inbox/switches/apns", UriKind.Relative), new { answer = "410", to = user }, Cancelled)).EnsureSuccessStatusCode();
        var id = await _client.AcceptedAsync(new { recipients = new[] { user }, category = "orders", text = new { title = "Hi", body = "there" }, channels = NotifyClient.Push });
        var ledger = await _client.DoneAsync(id);
        Assert.Equal(["android delivered", "ios failed address-dead"], NotifyClient.Deliveries(ledger));
        Assert.Equal("android", Assert.Single((await _client.GetAsync($"users/{user}/devices")).GetProperty("devices").EnumerateArray()).GetProperty("id").GetString());
        var dead = ledger.GetProperty("deliveries").EnumerateArray().First(delivery => delivery.GetProperty("carrier").GetString() == "ios").GetProperty("id").GetString();
        await AssertProblem.IsAsync(await _client.Http.PostAsync(new Uri($"api/notifications/dead/{dead}/retry", UriKind.Relative), null, Cancelled), 409, "not-retryable");
        (await cloud.Nobody.PutAsJsonAsync(new Uri("inbox/switches/apns", UriKind.Relative), new { answer = "ok" }, Cancelled)).EnsureSuccessStatusCode();

        var again = await _client.AcceptedAsync(new { recipients = new[] { user }, category = "orders", text = new { title = "Hi", body = "there" }, channels = NotifyClient.Push });
        Assert.Equal(["android delivered"], NotifyClient.Deliveries(await _client.DoneAsync(again)));
        Assert.Single(_client.Inbox.List(0, "apns", user, 10));
    }

    [Fact]
    public async Task A_cap_on_how_often_somebody_is_told_holds()
    {
        var (user, category) = (await _client.UserAsync(), NotifyClient.NewName("c"));
        var rules = new StringContent($"domain: notifications\ndescriptors:\n- key: user\n  descriptors:\n  - key: category\n    value: {category}\n    rate_limit: {{ unit: day, requests_per_unit: 1 }}\n", System.Text.Encoding.UTF8, "application/yaml");
        (await _client.Http.PutAsync(new Uri("api/limits/notifications/rules", UriKind.Relative), rules, Cancelled)).EnsureSuccessStatusCode();
        await Eventually.HoldsAsync(async () =>
        {
            var id = await _client.AcceptedAsync(new { recipients = new[] { user }, category, text = new { title = "Hi", body = "there" }, channels = NotifyClient.Sms });
            return NotifyClient.Deliveries(await _client.DoneAsync(id)).SequenceEqual(["sms suppressed frequency-cap"]);
        }, "the cap is in force");
    }
}
