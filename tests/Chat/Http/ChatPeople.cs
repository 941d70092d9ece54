using System.Net;
using System.Text.Json;
using Serverless.Local.Chat;

namespace Serverless.Tests.Chat;

/// <summary>People of the chat on the shared cloud, each test with some of its own.</summary>
internal static class ChatPeople
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static Task<ChatApi> PersonAsync(this SharedCloud cloud, string name) => ChatApi.SignInAsync(cloud.Head.Address, $"{name}-{Guid.CreateVersion7():n}", Cancelled);

    public static string NewRoom() => Guid.CreateVersion7().ToString("D");

    /// <summary>A group that the first one opened.</summary>
    public static async Task<string> GroupAsync(params ChatApi[] people)
    {
        var room = NewRoom();
        using var answer = await people[0].PutAsync($"rooms/{room}", new { name = "Group", members = people[1..].Select(person => person.User) }, Cancelled);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return room;
    }

    /// <summary>Two who want to talk to each other.</summary>
    public static async Task MeetAsync(ChatApi one, ChatApi other)
    {
        await one.WantsAsync(other, "contact");
        await other.WantsAsync(one, "contact");
    }

    /// <summary>What somebody wants of somebody, and how they stand then.</summary>
    public static async Task<string?> WantsAsync(this ChatApi one, ChatApi other, string stance)
    {
        using var answer = await one.PutAsync($"users/{one.User}/contacts/{other.User}", new { stance }, Cancelled);
        return (await JsonAsync(answer, HttpStatusCode.OK)).GetProperty("state").GetString();
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage answer, HttpStatusCode status = HttpStatusCode.OK)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode}, not {(int)status}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public static async Task<JsonElement> ReadAsync(this ChatApi person, string path)
    {
        using var answer = await person.GetAsync(path, Cancelled);
        return await JsonAsync(answer);
    }

    /// <summary>Says something; the event.</summary>
    public static async Task<ChatEvent> SayAsync(this ChatApi person, string room, object message) =>
        await person.SendAsync(room, Guid.CreateVersion7().ToString("D"), message, Cancelled) ?? throw new InvalidOperationException("It was not acknowledged.");

    public static Task<ChatEvent> SayAsync(this ChatApi person, string room, string text) => person.SayAsync(room, new { text });

    /// <summary>The room's events as somebody reads them.</summary>
    public static async Task<List<ChatEvent>> EventsAsync(this ChatApi person, string room, string query = "") =>
        (await person.ReadAsync($"rooms/{room}/messages?limit=200{query}")).GetProperty("events").Deserialize<List<ChatEvent>>(JsonSerializerOptions.Web)!;
}
