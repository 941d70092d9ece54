using System.Globalization;
using System.Net;
using System.Text.Json;
using Serverless.Local.Chat;

namespace Serverless.Local.Demo;

/// <summary>Two people get to know each other and talk; a device that was away catches up.</summary>
internal sealed class ChatScenes(TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _run = string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow().ToUnixTimeSeconds():x}");

    public Scene TalkOnEveryDevice => new("Two people talk on every device, and one of them is away for a while", PlayAsync);

    private async Task PlayAsync(DemoStage stage)
    {
        using var ann = await ChatApi.SignInAsync(stage.Address, $"ann-{_run}", CancellationToken.None);
        using var ben = await ChatApi.SignInAsync(stage.Address, $"ben-{_run}", CancellationToken.None);
        var room = Guid.CreateVersion7(clock.GetUtcNow()).ToString("D");
        using (var early = await ann.PutAsync($"rooms/{room}", new { with = ben.User }, CancellationToken.None))
            stage.Check(early.StatusCode == HttpStatusCode.Forbidden, "ann may not open a room with ben, who has not agreed: 403");
        using var asked = await ann.PutAsync($"users/{ann.User}/contacts/{ben.User}", new { stance = "contact" }, CancellationToken.None);
        using var agreed = await ben.PutAsync($"users/{ben.User}/contacts/{ann.User}", new { stance = "contact" }, CancellationToken.None);
        using (var opened = await ann.PutAsync($"rooms/{room}", new { with = ben.User }, CancellationToken.None))
            stage.Check(opened.StatusCode == HttpStatusCode.Created, "ben agrees, and they have a room");

        await using var phone = Device(ben, "phone", 1);
        await using (var laptop = Device(ben, "laptop", 2))
        {
            await Task.WhenAll(phone.StartAsync(), laptop.StartAsync());
            await SayAsync(ann, room, "안녕하세요, Ben 👋");
            stage.Check(await HeardAsync(stage, room, "안녕하세요, Ben 👋", phone, laptop), "ben hears ann on his phone and on his laptop at once");
        }

        var away = Guid.CreateVersion7(clock.GetUtcNow()).ToString("D");
        var first = await ann.SendAsync(room, away, new { text = "Are you still there?" }, CancellationToken.None);
        var again = await ann.SendAsync(room, away, new { text = "Are you still there?" }, CancellationToken.None);
        stage.Check(first is not null && again?.Seq == first.Seq, "sent twice under one client id, it is one message");
        for (var i = 1; i <= 30; i++)
            await SayAsync(ann, room, string.Create(CultureInfo.InvariantCulture, $"and {i}"));
        await using var back = Device(ben, "laptop", 3);
        await back.StartAsync();
        stage.Check(back.EventsOf(room).Count == 33 && back.Syncs == 1, "his laptop comes back, and has all 33 events with one sync");
        stage.Check(await HeardAsync(stage, room, "and 30", phone) && phone.EventsOf(room).SequenceEqual(back.EventsOf(room)), "his phone has the same, in the same order");
        using var read = await ben.PutAsync($"rooms/{room}/read", new { read = 33 }, CancellationToken.None);
        using var view = await ann.GetAsync($"rooms/{room}", CancellationToken.None);
        var marks = JsonSerializer.Deserialize<JsonElement>(await view.Content.ReadAsStringAsync()).GetProperty("members").EnumerateArray();
        stage.Check(marks.Any(member => member.GetProperty("user").GetString() == ben.User && member.GetProperty("read").GetInt64() == 33), "ann sees that he has read it");
    }

    private ChatDevice Device(ChatApi person, string name, int seed) => new([person], name, clock, new Random(seed));

    private async Task SayAsync(ChatApi person, string room, string text)
    {
        if (await person.SendAsync(room, Guid.CreateVersion7(clock.GetUtcNow()).ToString("D"), new { text }, CancellationToken.None) is null)
            throw new InvalidOperationException($"'{text}' was not acknowledged.");
    }

    private static Task<bool> HeardAsync(DemoStage stage, string room, string text, params ChatDevice[] devices) =>
        stage.UntilAsync(() => Task.FromResult(devices.All(device => device.EventsOf(room) is [.., { } last] && last.Text == text)), Patience);
}
