using System.Net.Http.Headers;
using System.Net.Http.Json;
using Serverless.Tests.Http;

namespace Serverless.Tests.Chat;

public class ChatBadInputTests(SharedCloud cloud)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A message's body, and the field that is named.</summary>
    public static TheoryData<string, string> WrongMessages => new()
    {
        { """{}""", "text" },
        { """{"text": ""}""", "text" },
        { """{"text": " \n "}""", "text" },
        { """{"text": 7}""", "text" },
        { """{"text": "bell \u0007"}""", "text" },
        { $$"""{"text": "{{new string('a', 4_001)}}"}""", "text" },
        { $$"""{"text": "{{string.Concat(Enumerable.Repeat("😀", 4_001))}}"}""", "text" },
        { """{"text": "a", "replyTo": 0}""", "replyTo" },
        { """{"text": "a", "edit": 1, "replyTo": 1}""", "replyTo" },
        { """{"text": "a", "delete": 1}""", "text" },
        { """{"edit": 1, "delete": 1}""", "delete" },
        { """{"edit": 1}""", "text" },
        { """{"text": "a", "colour": "red"}""", "colour" },
    };

    [Theory]
    [MemberData(nameof(WrongMessages))]
    public async Task What_is_wrong_with_a_message_is_named_and_nothing_is_stored(string body, string field)
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        var room = await ChatPeople.GroupAsync(ann, ben);
        await AssertProblem.NamesAsync(await RawAsync(ann.Token, $"rooms/{room}/messages/{Guid.CreateVersion7()}", body), field);
        Assert.Equal(["created"], (await ann.EventsAsync(room)).Select(one => one.Kind));
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_no_text()
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        var room = await ChatPeople.GroupAsync(ann, ben);
        await AssertProblem.IsAsync(await RawAsync(ann.Token, $"rooms/{room}/messages/{Guid.CreateVersion7()}", """{"text": "\ud83d"}"""), 400, "bad-json");
    }

    [Theory]
    [InlineData("no-uuid")]
    [InlineData("01890A5D-AC96-774B-BCCE-B302099A8057")]
    [InlineData("{01890a5d-ac96-774b-bcce-b302099a8057}")]
    [InlineData("01890a5d-ac96-174b-bcce-b302099a8057")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public async Task A_client_id_is_a_uuid_of_version_7_or_4(string clientId)
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        var room = await ChatPeople.GroupAsync(ann, ben);
        await AssertProblem.NamesAsync(await ann.PutAsync($"rooms/{room}/messages/{Uri.EscapeDataString(clientId)}", new { text = "a" }, Cancelled), "clientId");
    }

    [Theory]
    [InlineData("""{"name": "A"}""", "members")]
    [InlineData("""{"name": "A", "members": []}""", "members")]
    [InlineData("""{"name": "A", "members": ["$me"]}""", "members")]
    [InlineData("""{"name": "A", "members": [""]}""", "members[0]")]
    [InlineData("""{"name": "", "members": ["b"]}""", "name")]
    [InlineData("""{"name": "a\nb", "members": ["b"]}""", "name")]
    [InlineData("""{"members": ["b"]}""", "name")]
    [InlineData("""{"with": "$me"}""", "with")]
    [InlineData("""{"with": "b", "name": "A"}""", "with")]
    public async Task What_is_wrong_with_a_room_is_named_and_nothing_is_stored(string body, string field)
    {
        var ann = await cloud.PersonAsync("ann");
        await AssertProblem.NamesAsync(await RawAsync(ann.Token, $"rooms/{ChatPeople.NewRoom()}", body.Replace("$me", ann.User, StringComparison.Ordinal)), field);
        Assert.Empty((await ann.ReadAsync("rooms")).GetProperty("rooms").EnumerateArray());
    }

    [Fact]
    public async Task A_group_has_100_members_and_no_more()
    {
        var ann = await cloud.PersonAsync("ann");
        var (room, others) = (ChatPeople.NewRoom(), Enumerable.Range(0, 100).Select(i => $"{ann.User}-{i}").ToList());
        await AssertProblem.NamesAsync(await ann.PutAsync($"rooms/{room}", new { name = "Many", members = others }, Cancelled), "members");
        (await ann.PutAsync($"rooms/{room}", new { name = "Many", members = others[..99] }, Cancelled)).EnsureSuccessStatusCode();
        await AssertProblem.IsAsync(await ann.PutAsync($"rooms/{room}/members/{others[99]}", new { }, Cancelled), 409, "members-full");
        Assert.Equal(100, (await ann.ReadAsync($"rooms/{room}")).GetProperty("members").GetArrayLength());
    }

    [Fact]
    public async Task A_foreign_room_stays_closed()
    {
        var (ann, ben, eve) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"), await cloud.PersonAsync("eve"));
        var room = await ChatPeople.GroupAsync(ann, ben);
        await ann.SayAsync(room, "secret");
        await AssertProblem.IsAsync(await eve.GetAsync($"rooms/{room}", Cancelled), 403, "not-member");
        await AssertProblem.IsAsync(await eve.GetAsync($"rooms/{room}/messages", Cancelled), 403, "not-member");
        await AssertProblem.IsAsync(await eve.PutAsync($"rooms/{room}/messages/{Guid.CreateVersion7()}", new { text = "hi" }, Cancelled), 403, "not-member");
        await AssertProblem.IsAsync(await eve.PutAsync($"rooms/{room}/read", new { read = 1 }, Cancelled), 403, "not-member");
        await AssertProblem.IsAsync(await eve.PostAsync($"rooms/{room}/typing", new { typing = true }, Cancelled), 403, "not-member");
        await AssertProblem.IsAsync(await eve.PutAsync($"rooms/{room}/members/{eve.User}", new { }, Cancelled), 403, "not-member");
        await AssertProblem.IsAsync(await eve.PutAsync($"rooms/{room}", new { name = "Mine", members = new[] { ann.User } }, Cancelled), 403, "not-member");
        var synced = await ChatPeople.JsonAsync(await eve.PostAsync("sync", new { rooms = new Dictionary<string, long> { [room] = 0 } }, Cancelled));
        Assert.Equal((0, room), (synced.GetProperty("rooms").GetArrayLength(), synced.GetProperty("gone")[0].GetString()));
        await AssertProblem.IsAsync(await eve.GetAsync($"rooms/{ChatPeople.NewRoom()}", Cancelled), 404, "unknown-room");
        Assert.Equal(["created", "text"], (await ann.EventsAsync(room)).Select(one => one.Kind));
    }

    [Fact]
    public async Task A_sync_from_the_future_is_refused()
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        var room = await ChatPeople.GroupAsync(ann, ben);
        await AssertProblem.NamesAsync(await ann.PostAsync("sync", new { rooms = new Dictionary<string, long> { [room] = 2 } }, Cancelled), $"rooms.{room}");
        await AssertProblem.NamesAsync(await ann.PostAsync("sync", new { rooms = new Dictionary<string, long> { ["x"] = 2 } }, Cancelled), "rooms.x");
        await AssertProblem.NamesAsync(await ann.PostAsync("sync", new { rooms = new Dictionary<string, long> { [room] = -1 } }, Cancelled), $"rooms.{room}");
        await AssertProblem.NamesAsync(await ann.PostAsync("sync", new { }, Cancelled), "rooms");
    }

    [Fact]
    public async Task A_forged_token_opens_nothing()
    {
        var ann = await cloud.PersonAsync("ann");
        var forged = ann.Token[..^6] + "AAAAAA";
        await AssertProblem.IsAsync(await RawAsync(forged, $"rooms/{ChatPeople.NewRoom()}", """{"name": "A", "members": ["b"]}"""), 401, "unauthenticated");
        using var hub = new HttpRequestMessage(HttpMethod.Post, "hub/negotiate?negotiateVersion=1");
        hub.Headers.Authorization = new AuthenticationHeaderValue("Bearer", forged);
        Assert.Equal(401, (int)(await cloud.Nobody.SendAsync(hub, Cancelled)).StatusCode);
        using var order = new HttpRequestMessage(HttpMethod.Post, "hub/orders") { Content = JsonContent.Create(new { op = "send-user", user = "x", target = "chat" }) };
        order.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ann.Token);
        Assert.Equal(401, (int)(await cloud.Nobody.SendAsync(order, Cancelled)).StatusCode);
    }

    [Theory]
    [InlineData("""{"status": "auto"}""", "device")]
    [InlineData("""{"device": "d", "status": "asleep"}""", "status")]
    [InlineData("""{"device": "d", "invisible": "yes"}""", "invisible")]
    [InlineData("""{"device": "d", "looking": ["x"]}""", "looking[0]")]
    public async Task What_is_wrong_with_a_heartbeat_is_named(string body, string field)
    {
        var ann = await cloud.PersonAsync("ann");
        await AssertProblem.NamesAsync(await RawAsync(ann.Token, "presence", body), field);
    }

    private async Task<HttpResponseMessage> RawAsync(string token, string path, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"api/{path}") { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await cloud.Nobody.SendAsync(request, Cancelled);
    }
}
