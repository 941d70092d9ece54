using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Serverless.Tests.Http;

namespace Serverless.Tests.Notifications;

public class PeopleHttpTests(SharedCloud cloud)
{
    private readonly NotifyClient _client = new(cloud);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Wrong => new()
    {
        { "devices/d", """{"platform": "windows", "token": "t", "app": "a"}""", "platform" },
        { "devices/d", """{"platform": "ios", "app": "a"}""", "token" },
        { "devices/d", """{"platform": "ios", "token": "t"}""", "app" },
        { "devices/d", """{"platform": "ios", "token": "t", "app": "a", "timeZone": "Mars/Olympus"}""", "timeZone" },
        { "devices/d", """{"platform": "ios", "token": "t", "app": "a", "locale": "한국어"}""", "locale" },
        { "devices/d", """{"platform": "ios", "token": "t", "app": "a", "size": 5}""", "size" },
        { "devices/a%20b", """{"platform": "ios", "token": "t", "app": "a"}""", "device" },
        { "addresses", """{"email": "nobody"}""", "email" },
        { "addresses", """{"email": "Bob <bob@example.com>"}""", "email" },
        { "addresses", """{"phone": "12"}""", "phone" },
        { "addresses", """{"phone": "010-1234-5678"}""", "phone" },
        { "addresses", """{"phone": 82}""", "phone" },
        { "preferences", """{"channels": {"push": "no"}}""", "channels.push" },
        { "preferences", """{"channels": {"fax": false}}""", "channels.fax" },
        { "preferences", """{"categories": {"Big News": {"push": false}}}""", "categories.Big News" },
        { "preferences", """{"categories": {"news": {"fax": false}}}""", "categories.news.fax" },
        { "preferences", """{"quietHours": {"from": "25:00", "to": "07:00"}}""", "quietHours.from" },
        { "preferences", """{"quietHours": {"from": "07:00", "to": "07:00"}}""", "quietHours.to" },
        { "preferences", """{"quietHours": {"from": "07:00"}}""", "quietHours.to" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_wrong_is_named_and_nobody_becomes_known(string path, string body, string field)
    {
        var user = NotifyClient.NewName("u");
        var problem = await AssertProblem.IsAsync(await _client.PutAsync($"users/{user}/{path}", JsonNode.Parse(body)!), 400, "bad-field");
        Assert.Equal(field, problem.GetProperty("field").GetString());
        await AssertProblem.IsAsync(await _client.Http.GetAsync(Address($"users/{user}/preferences"), Cancelled), 404, "unknown-user");
    }

    [Fact]
    public async Task Settings_are_answered_as_they_were_sent_and_the_number_in_its_one_form()
    {
        var user = NotifyClient.NewName("u");
        await _client.PutAsync($"users/{user}/preferences", new { channels = new { sms = false }, categories = new { news = new { email = true } }, quietHours = new { from = "22:00", to = "07:30" }, timeZone = "Asia/Seoul" });
        var stored = await _client.GetAsync($"users/{user}/preferences");
        Assert.Equal("""{"channels":{"sms":false},"categories":{"news":{"email":true}},"quietHours":{"from":"22:00","to":"07:30"},"timeZone":"Asia/Seoul"}""", stored.GetRawText());
        await _client.PutAsync($"users/{user}/addresses", new { phone = "+82 10-1234-5678", email = "a@b.example", timeZone = "Asia/Seoul" });
        var addresses = await _client.GetAsync($"users/{user}/addresses");
        Assert.Equal(("+821012345678", "a@b.example"), (addresses.GetProperty("phone").GetString(), addresses.GetProperty("email").GetString()));
    }

    [Fact]
    public async Task Devices_that_register_at_once_are_all_there_and_the_21st_takes_the_place_of_the_oldest()
    {
        var user = NotifyClient.NewName("u");
        await _client.PutAsync($"users/{user}/devices/oldest", new { platform = "web", token = "oldest", app = "a" });
        await Task.WhenAll(Enumerable.Range(0, 19).Select(number => _client.PutAsync($"users/{user}/devices/d{number}", new { platform = "web", token = $"t{number}", app = "a" })));
        Assert.Equal(20, (await DevicesAsync(user)).Count);
        await _client.PutAsync($"users/{user}/devices/newest", new { platform = "web", token = "newest", app = "a" });
        var devices = await DevicesAsync(user);
        Assert.Equal((20, true, false), (devices.Count, devices.Contains("newest"), devices.Contains("oldest")));

        // The same installation of the app, under another name.
        await _client.PutAsync($"users/{user}/devices/renamed", new { platform = "web", token = "newest", app = "a" });
        Assert.DoesNotContain("newest", await DevicesAsync(user));
        Assert.Equal(HttpStatusCode.NoContent, (await _client.Http.DeleteAsync(Address($"users/{user}/devices/renamed"), Cancelled)).StatusCode);
        Assert.Equal(19, (await DevicesAsync(user)).Count);
    }

    [Fact]
    public async Task Users_reach_their_own_record_and_nobody_elses()
    {
        var (user, other) = (NotifyClient.NewName("u"), NotifyClient.NewName("u"));
        using var http = await cloud.AsUserAsync(user);
        Assert.Equal(HttpStatusCode.OK, (await http.PutAsJsonAsync(Address($"users/{user}/preferences"), new { }, Cancelled)).StatusCode);
        await AssertProblem.IsAsync(await http.PutAsJsonAsync(Address($"users/{other}/preferences"), new { }, Cancelled), 403, "forbidden");
        await AssertProblem.IsAsync(await http.PostAsJsonAsync(Address("notifications"), new { }, Cancelled), 403, "forbidden");
        await AssertProblem.IsAsync(await cloud.Nobody.GetAsync(Address($"users/{user}/preferences"), Cancelled), 401, "unauthenticated");
    }

    private async Task<IReadOnlyList<string>> DevicesAsync(string user) =>
        [.. (await _client.GetAsync($"users/{user}/devices")).GetProperty("devices").EnumerateArray().Select(device => device.GetProperty("id").GetString()!)];

    private static Uri Address(string path) => new($"api/{path}", UriKind.Relative);
}
