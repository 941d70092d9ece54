using System.Net;
using System.Text.Json;
using Serverless.Local.Chat;
using Serverless.Tests.Http;

namespace Serverless.Tests.Chat;

public class RoomsHttpTests(SharedCloud cloud)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_who_both_want_it_talk_in_one_room_whoever_opens_it()
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        var room = ChatPeople.NewRoom();
        await AssertProblem.IsAsync(await ann.PutAsync($"rooms/{room}", new { with = ben.User }, Cancelled), 403, "not-contacts");
        Assert.Equal("requested", await ann.WantsAsync(ben, "contact"));
        Assert.Equal("invited", (await ben.ReadAsync($"users/{ben.User}/contacts/{ann.User}")).GetProperty("state").GetString());
        Assert.Equal("contact", await ben.WantsAsync(ann, "contact"));
        var opened = await ChatPeople.JsonAsync(await ann.PutAsync($"rooms/{room}", new { with = ben.User }, Cancelled), HttpStatusCode.Created);
        Assert.Equal((room, "direct", ben.User), (opened.GetProperty("id").GetString(), opened.GetProperty("kind").GetString(), opened.GetProperty("with").GetString()));
        var again = await ChatPeople.JsonAsync(await ben.PutAsync($"rooms/{ChatPeople.NewRoom()}", new { with = ann.User }, Cancelled));
        Assert.Equal(room, again.GetProperty("id").GetString());
        await AssertProblem.IsAsync(await ann.PutAsync($"rooms/{room}/members/{ben.User}x", new { }, Cancelled), 409, "direct-room");
    }

    [Fact]
    public async Task Who_is_blocked_is_not_told_and_not_heard()
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        await ChatPeople.MeetAsync(ann, ben);
        var room = ChatPeople.NewRoom();
        (await ann.PutAsync($"rooms/{room}", new { with = ben.User }, Cancelled)).EnsureSuccessStatusCode();
        await ben.SayAsync(room, "hello");
        Assert.Equal("blocked", await ann.WantsAsync(ben, "blocked"));
        Assert.Equal("requested", (await ben.ReadAsync($"users/{ben.User}/contacts/{ann.User}")).GetProperty("state").GetString());
        await AssertProblem.IsAsync(await ben.PutAsync($"rooms/{room}/messages/{Guid.CreateVersion7()}", new { text = "hello?" }, Cancelled), 403, "blocked");
        await AssertProblem.IsAsync(await ben.PutAsync($"rooms/{ChatPeople.NewRoom()}", new { name = "Group", members = new[] { ann.User } }, Cancelled), 403, "blocked");
        Assert.Equal(["created", "text"], (await ann.EventsAsync(room)).Select(one => one.Kind));
        Assert.Equal("contact", await ann.WantsAsync(ben, "contact"));
        await ben.SayAsync(room, "hello again");
    }

    [Fact]
    public async Task A_group_is_its_owners_and_whoever_joins_sees_what_is_said_from_then_on()
    {
        var (ann, ben, cho) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"), await cloud.PersonAsync("cho"));
        var room = await ChatPeople.GroupAsync(ann, ben);
        await ann.SayAsync(room, "before");
        await AssertProblem.IsAsync(await ben.PutAsync($"rooms/{room}/members/{cho.User}", new { }, Cancelled), 403, "not-owner");
        await AssertProblem.IsAsync(await cho.GetAsync($"rooms/{room}", Cancelled), 403, "not-member");
        Assert.Empty((await cho.ReadAsync("rooms")).GetProperty("rooms").EnumerateArray());
        Assert.Equal(HttpStatusCode.NoContent, (await ann.PutAsync($"rooms/{room}/members/{cho.User}", new { }, Cancelled)).StatusCode);
        await ben.SayAsync(room, "after");
        Assert.Equal(["joined", "text"], (await cho.EventsAsync(room)).Select(one => one.Kind));
        Assert.Equal(HttpStatusCode.OK, (await ann.PutAsync($"rooms/{room}", new { name = "New name", members = new[] { ben.User } }, Cancelled)).StatusCode);
        await AssertProblem.IsAsync(await ben.PutAsync($"rooms/{room}", new { name = "His", members = new[] { ann.User } }, Cancelled), 403, "not-owner");
        Assert.Equal(HttpStatusCode.NoContent, (await ann.DeleteAsync($"rooms/{room}/members/{ann.User}", Cancelled)).StatusCode);
        var view = await cho.ReadAsync($"rooms/{room}");
        Assert.Equal(("New name", ben.User), (view.GetProperty("name").GetString(), view.GetProperty("owner").GetString()));
        await AssertProblem.IsAsync(await ann.PutAsync($"rooms/{room}/messages/{Guid.CreateVersion7()}", new { text = "one more" }, Cancelled), 403, "not-member");
        Assert.Equal(["created", "text", "joined", "text", "renamed", "left"], (await ben.EventsAsync(room)).Select(one => one.Kind));
    }

    [Fact]
    public async Task However_often_and_however_many_at_once_send_it_a_message_is_one_event()
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        var room = await ChatPeople.GroupAsync(ann, ben);
        var id = Guid.CreateVersion7().ToString("D");
        var sent = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ann.SendAsync(room, id, new { text = "once 👍" }, Cancelled)));
        Assert.Single(sent.Select(one => one!.Seq).Distinct());
        await AssertProblem.IsAsync(await ann.PutAsync($"rooms/{room}/messages/{id}", new { text = "twice" }, Cancelled), 409, "client-id-reused");
        await ben.SendAsync(room, id, new { text = "the same id is another's too" }, Cancelled);
        Assert.Equal(["created", "text", "text"], (await ann.EventsAsync(room)).Select(one => one.Kind));

        // Also when it has gone from the room's register into the history.
        for (var i = 0; i < 40; i++)
            await ben.SayAsync(room, $"filler {i}");
        Assert.Equal(sent[0]!.Seq, (await ann.SendAsync(room, id, new { text = "once 👍" }, Cancelled))!.Seq);
        Assert.Equal(Enumerable.Range(1, 43).Select(seq => (long)seq), (await ann.EventsAsync(room)).Select(one => one.Seq));
    }

    [Fact]
    public async Task History_is_read_both_ways_whatever_its_length_and_words_that_were_deleted_are_gone()
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        var room = await ChatPeople.GroupAsync(ann, ben);
        var texts = Enumerable.Range(0, 60).Select(i => i % 7 == 0 ? string.Concat(Enumerable.Repeat(i % 2 == 0 ? "😀" : "긴", 4_000)) : $"message {i}").ToList();
        foreach (var text in texts)
            await (texts.IndexOf(text) % 2 == 0 ? ann : ben).SayAsync(room, text);
        Assert.Equal(texts, (await ben.EventsAsync(room)).Where(one => one.Kind == "text").Select(one => one.Text));
        var page = await ann.ReadAsync($"rooms/{room}/messages?before=20&limit=5");
        Assert.Equal((15, 19, true), (page.GetProperty("events")[0].GetProperty("seq").GetInt32(), page.GetProperty("events")[4].GetProperty("seq").GetInt32(), page.GetProperty("more").GetBoolean()));
        page = await ann.ReadAsync($"rooms/{room}/messages?after=58");
        Assert.Equal((59, 61, false), (page.GetProperty("events")[0].GetProperty("seq").GetInt32(), page.GetProperty("events")[2].GetProperty("seq").GetInt32(), page.GetProperty("more").GetBoolean()));

        var edit = await ann.SayAsync(room, new { edit = 2, text = "edited" });
        await AssertProblem.IsAsync(await ben.PutAsync($"rooms/{room}/messages/{Guid.CreateVersion7()}", new { delete = 2 }, Cancelled), 403, "not-author");
        await ann.SayAsync(room, new { delete = 2 });
        var events = await ben.EventsAsync(room);
        Assert.All([events[1], events[(int)edit.Seq - 1]], one => Assert.Equal((null, true), (one.Text, one.Erased)));
        await AssertProblem.IsAsync(await ann.PutAsync($"rooms/{room}/messages/{Guid.CreateVersion7()}", new { edit = 2, text = "back" }, Cancelled), 409, "message-deleted");
    }

    [Fact]
    public async Task The_list_of_rooms_counts_what_others_said_and_marks_only_grow()
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        var room = await ChatPeople.GroupAsync(ann, ben);
        for (var i = 0; i < 3; i++)
            await ann.SayAsync(room, $"message {i}");
        await ben.SayAsync(room, "mine");
        var entry = (await ben.ReadAsync("rooms")).GetProperty("rooms")[0];
        Assert.Equal((3, "mine"), (entry.GetProperty("unread").GetInt32(), entry.GetProperty("last").GetProperty("text").GetString()));
        await MarkAsync(ben, room, new { read = 3 }, (3, 3));
        await MarkAsync(ben, room, new { received = 5, read = 1 }, (5, 3));
        await MarkAsync(ben, room, new { received = 1 }, (5, 3));
        await AssertProblem.IsAsync(await ben.PutAsync($"rooms/{room}/read", new { read = 6 }, Cancelled), 400, "bad-field");
        Assert.Equal(1, (await ben.ReadAsync("rooms")).GetProperty("rooms")[0].GetProperty("unread").GetInt32());
        var seen = (await ann.ReadAsync($"rooms/{room}")).GetProperty("members").EnumerateArray().Single(member => member.GetProperty("user").GetString() == ben.User);
        Assert.Equal((5, 3), (seen.GetProperty("received").GetInt32(), seen.GetProperty("read").GetInt32()));
    }

    [Fact]
    public async Task One_sync_brings_a_device_up_to_date_or_says_where_to_begin()
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        var (one, other, gone) = (await ChatPeople.GroupAsync(ann, ben), await ChatPeople.GroupAsync(ann, ben), await ChatPeople.GroupAsync(ann, ben));
        for (var i = 0; i < 210; i++)
            await ann.SayAsync(one, $"message {i}");
        await ann.SayAsync(other, "hello");
        (await ben.DeleteAsync($"rooms/{gone}/members/{ben.User}", Cancelled)).EnsureSuccessStatusCode();
        var answer = await SyncAsync(ben, new() { [one] = 1, [gone] = 1 });
        var (far, fresh) = (answer.Rooms[one], answer.Rooms[other]);
        Assert.Equal((false, 162, 50), (far.GetProperty("recovered").GetBoolean(), far.GetProperty("from").GetInt32(), far.GetProperty("events").GetArrayLength()));
        Assert.Equal((true, 1, 2), (fresh.GetProperty("recovered").GetBoolean(), fresh.GetProperty("from").GetInt32(), fresh.GetProperty("events").GetArrayLength()));
        Assert.Equal([gone], answer.Gone);
        answer = await SyncAsync(ben, new() { [one] = 11, [other] = 2 });
        Assert.Equal((true, 200), (answer.Rooms[one].GetProperty("recovered").GetBoolean(), answer.Rooms[one].GetProperty("events").GetArrayLength()));
        Assert.Equal((true, 0), (answer.Rooms[other].GetProperty("recovered").GetBoolean(), answer.Rooms[other].GetProperty("events").GetArrayLength()));
    }

    private static async Task MarkAsync(ChatApi person, string room, object mark, (int Received, int Read) expected)
    {
        var now = await ChatPeople.JsonAsync(await person.PutAsync($"rooms/{room}/read", mark, Cancelled));
        Assert.Equal(expected, (now.GetProperty("received").GetInt32(), now.GetProperty("read").GetInt32()));
    }

    private static async Task<(Dictionary<string, JsonElement> Rooms, List<string?> Gone)> SyncAsync(ChatApi person, Dictionary<string, long> rooms)
    {
        var answer = await ChatPeople.JsonAsync(await person.PostAsync("sync", new { rooms }, Cancelled));
        return (
            answer.GetProperty("rooms").EnumerateArray().ToDictionary(room => room.GetProperty("room").GetProperty("id").GetString()!),
            [.. answer.GetProperty("gone").EnumerateArray().Select(name => name.GetString())]);
    }
}
