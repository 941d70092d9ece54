using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Serverless.Local.Chat;
using Serverless.Local.Head;

namespace Serverless.Tests.Chat;

/// <summary>Devices that are connected by the public client, and what they are told.</summary>
public class DevicesTests(SharedCloud cloud)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task Every_device_of_every_member_hears_at_once_over_any_transport(HttpTransportType transport)
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        var room = await ChatPeople.GroupAsync(ann, ben);
        await using var phone = Device(ben, "phone", transport);
        await using var laptop = Device(ben, "laptop", HttpTransportType.WebSockets);
        await Task.WhenAll(phone.StartAsync(), laptop.StartAsync());
        var syncs = (phone.Syncs, laptop.Syncs);
        for (var i = 0; i < 20; i++)
            await ann.SayAsync(room, $"message {i}");
        await Eventually.HoldsAsync(() => phone.EventsOf(room).Count == 21 && laptop.EventsOf(room).Count == 21, "both devices have heard it all");
        Assert.Equal(syncs, (phone.Syncs, laptop.Syncs));
        Assert.Equal(await ann.EventsAsync(room), phone.EventsOf(room));
    }

    [Theory]
    [InlineData("WebSockets")]
    [InlineData("ServerSentEvents")]
    [InlineData("LongPolling")]
    public async Task The_client_that_browsers_use_connects_as_it_comes_from_npm(string transport)
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        var room = await ChatPeople.GroupAsync(ann, ben);
        await using var browser = await NpmClient.LaunchAsync(ben, transport);
        await Eventually.HoldsAsync(() => browser.Told("connected").Count == 1, "it is connected", TimeSpan.FromSeconds(30));
        (await ben.PutAsync("presence", new { device = "browser", connected = true }, Cancelled)).EnsureSuccessStatusCode();
        for (var i = 0; i < 20; i++)
            await ann.SayAsync(room, $"안녕 {i} 👋");
        List<ChatEvent> Heard() => [.. browser.Told("events").SelectMany(push => push.GetProperty("events").Deserialize<List<ChatEvent>>(JsonSerializerOptions.Web)!)];
        await Eventually.HoldsAsync(() => Heard().Count == 20, "it has heard it all");
        Assert.Equal((await ann.EventsAsync(room))[1..], Heard());
    }

    [Fact]
    public async Task Who_joins_hears_and_who_leaves_hears_no_longer()
    {
        var (ann, ben, cho) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"), await cloud.PersonAsync("cho"));
        var room = await ChatPeople.GroupAsync(ann, ben);
        await using var device = Device(cho, "phone");
        await device.StartAsync();
        (await ann.PutAsync($"rooms/{room}/members/{cho.User}", new { }, Cancelled)).EnsureSuccessStatusCode();
        await ann.SayAsync(room, "welcome");
        await Eventually.HoldsAsync(() => device.EventsOf(room) is [.., { Text: "welcome" }], "who joined hears");
        (await ann.DeleteAsync($"rooms/{room}/members/{cho.User}", Cancelled)).EnsureSuccessStatusCode();
        await Eventually.HoldsAsync(() => device.EventsOf(room).Count == 0, "who left has the room no longer");
        await ann.SayAsync(room, "gone");
        Assert.Empty(device.EventsOf(room));
    }

    [Fact]
    public async Task Marks_and_typing_are_told_and_repetitions_are_not()
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        var room = await ChatPeople.GroupAsync(ann, ben);
        var pushes = new ConcurrentQueue<JsonElement>();
        await using var device = Device(ann, "phone", pushes: pushes);
        await device.StartAsync();
        for (var i = 0; i < 3; i++)
            (await ben.PutAsync($"rooms/{room}/read", new { received = 1, read = 1 }, Cancelled)).EnsureSuccessStatusCode();
        (await ben.PostAsync($"rooms/{room}/typing", new { typing = true }, Cancelled)).EnsureSuccessStatusCode();
        await Eventually.HoldsAsync(() => Of(pushes, "typing").Count == 1, "typing is told");
        var mark = Assert.Single(Of(pushes, "marks"));
        Assert.Equal((1, ben.User, 1), (mark.GetProperty("v").GetInt32(), mark.GetProperty("user").GetString(), mark.GetProperty("read").GetInt32()));
    }

    [Fact]
    public async Task A_connection_that_flaps_is_one_change_for_those_who_look_and_none_for_others()
    {
        var (ann, ben, cho) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"), await cloud.PersonAsync("cho"));
        var room = await ChatPeople.GroupAsync(ann, ben, cho);
        var (looks, doesNot) = (new ConcurrentQueue<JsonElement>(), new ConcurrentQueue<JsonElement>());
        await using var one = Device(ann, "phone", pushes: looks);
        await using var other = Device(cho, "phone", pushes: doesNot);
        await Task.WhenAll(one.StartAsync(), other.StartAsync());
        (await ann.PutAsync("presence", new { device = "phone", looking = new[] { room } }, Cancelled)).EnsureSuccessStatusCode();
        for (var i = 0; i < 5; i++)
        {
            (await ben.PutAsync("presence", new { device = "phone", connected = true }, Cancelled)).EnsureSuccessStatusCode();
            (await ben.PutAsync("presence", new { device = "phone", status = "offline" }, Cancelled)).EnsureSuccessStatusCode();
        }

        // Offline is told once it has lasted.
        await Eventually.HoldsAsync(() => Of(looks, "presence").Count == 2, "he came and went", TimeSpan.FromSeconds(40));
        Assert.Equal(["online", "offline"], Of(looks, "presence").Select(push => push.GetProperty("status").GetString()));
        Assert.Empty(Of(doesNot, "presence"));
        var seen = (await ann.ReadAsync($"presence?users={ben.User},{cho.User},nobody")).GetProperty("users");
        Assert.Equal(("offline", "online"), (seen.GetProperty(ben.User).GetProperty("status").GetString(), seen.GetProperty(cho.User).GetProperty("status").GetString()));
        Assert.False(seen.TryGetProperty("nobody", out _));
    }

    [Fact]
    public async Task Who_is_invisible_stays_so_whatever_other_devices_say_and_is_away_only_when_all_are()
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        await ChatPeople.GroupAsync(ann, ben);
        async Task<bool> BeatsAsync(object beat) => (await ChatPeople.JsonAsync(await ben.PutAsync("presence", beat, Cancelled), System.Net.HttpStatusCode.OK)).GetProperty("invisible").GetBoolean();
        async Task<string?> SeenAsync() => (await ann.ReadAsync($"presence?users={ben.User}")).GetProperty("users").GetProperty(ben.User).GetProperty("status").GetString();
        await BeatsAsync(new { device = "phone", status = "away", connected = true });
        Assert.Equal("away", await SeenAsync());
        await BeatsAsync(new { device = "laptop", status = "auto", connected = true });
        await BeatsAsync(new { device = "phone" });
        Assert.Equal("online", await SeenAsync());

        Assert.True(await BeatsAsync(new { device = "phone", invisible = true }));
        Assert.True(await BeatsAsync(new { device = "laptop", status = "auto" }));
        Assert.Equal("offline", await SeenAsync());
        Assert.False(await BeatsAsync(new { device = "laptop", invisible = false }));
        Assert.Equal("online", await SeenAsync());
    }

    [Fact]
    public async Task Who_has_no_device_connected_is_notified_unless_it_is_read_meanwhile()
    {
        var (ann, ben, cho, dan) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"), await cloud.PersonAsync("cho"), await cloud.PersonAsync("dan"));
        foreach (var person in (ChatApi[])[ben, cho, dan])
            (await cloud.Service.PutAsJsonAsync(new Uri($"api/users/{person.User}/devices/d", UriKind.Relative), new { platform = "android", token = $"token-{person.User}", app = "chat" }, Cancelled)).EnsureSuccessStatusCode();
        (await ann.PutAsync($"users/{ann.User}/profile", new { name = "Ann" }, Cancelled)).EnsureSuccessStatusCode();
        var room = await ChatPeople.GroupAsync(ann, ben, cho, dan);
        await using var connected = Device(dan, "phone");
        await connected.StartAsync();
        await ann.SayAsync(room, "first");
        var last = await ann.SayAsync(room, "second");
        (await cho.PutAsync($"rooms/{room}/read", new { read = last.Seq }, Cancelled)).EnsureSuccessStatusCode();
        var inbox = cloud.Head.Providers!.Inbox;
        await Eventually.HoldsAsync(() => inbox.List(0, null, $"token-{ben.User}", 10).Count == 1, "he is notified", TimeSpan.FromSeconds(40));
        var told = inbox.List(0, null, $"token-{ben.User}", 10)[0];
        Assert.Equal(("Ann · Group (2)", "second"), (told.Arrival.Title, told.Arrival.Body));
        Assert.Empty(inbox.List(0, null, $"token-{cho.User}", 10));
        Assert.Empty(inbox.List(0, null, $"token-{dan.User}", 10));
    }

    [Fact]
    public async Task What_is_said_in_one_region_is_heard_in_another()
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        await using var head = await CloudHead.JoinAsync(cloud.Cloud.Addresses, cloud.Cloud.Regions[1], 0, cloud.Folder, Cancelled);
        var room = await ChatPeople.GroupAsync(ann, ben);
        using var there = ben.At(head.Address);
        await using var device = Device(there, "phone");
        await device.StartAsync();
        var syncs = device.Syncs;
        await ann.SayAsync(room, "over there");
        await Eventually.HoldsAsync(() => device.EventsOf(room) is [.., { Text: "over there" }], "the other region hears");
        Assert.Equal(syncs, device.Syncs);
        await device.SendAsync(room, new { text = "and back" }, Cancelled);
        Assert.Equal("and back", (await ann.EventsAsync(room))[^1].Text);
    }

    private static ChatDevice Device(ChatApi person, string name, HttpTransportType transport = HttpTransportType.WebSockets, ConcurrentQueue<JsonElement>? pushes = null) =>
        new([person], name, TimeProvider.System, new Random(1), transports: transport) { Pushed = push => pushes?.Enqueue(push.Clone()) };

    private static List<JsonElement> Of(ConcurrentQueue<JsonElement> pushes, string type) => [.. pushes.Where(push => push.GetProperty("type").GetString() == type)];
}
