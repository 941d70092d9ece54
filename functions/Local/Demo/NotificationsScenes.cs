using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Serverless.Local.Demo;

/// <summary>A notification on every channel, a provider that fails for a while, and somebody who does not want it.</summary>
internal sealed class NotificationsScenes(TimeProvider clock)
{
    private const string Category = "demo";

    private static readonly string[] Channels = ["push", "email", "inapp"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _run = string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow().ToUnixTimeSeconds():x}");

    public Scene ReachesEverybody => new("A notification on every channel, while a provider fails", PlayAsync);

    private string Alice => $"alice-{_run}";

    private string Bob => $"bob-{_run}";

    private async Task PlayAsync(DemoStage stage)
    {
        await RegisterAsync(stage);
        await stage.PutJsonAsync("../inbox/switches/fcm", new { answer = "429", percent = 100, to = $"android-{_run}" });
        var id = await SendAsync(stage);
        stage.Check(await UntilAsync(stage, id, "ios delivered", "email delivered", "inapp delivered"), "phone, mail and the list in the app have it, in the language of each");
        stage.Check(await UntilAsync(stage, id, "push suppressed"), "bob does not want it by push: suppressed, and the ledger says why");
        stage.Check(await UntilAsync(stage, id, "android queued"), "FCM answers 429: that delivery waits, and is tried again with growing pauses");
        await stage.PutJsonAsync("../inbox/switches/fcm", new { answer = "ok" });
        stage.Check(await UntilAsync(stage, id, "android delivered"), "FCM is well again: it arrives");
        stage.Check(await SendAsync(stage) == id, "the same request with the same Idempotency-Key is the same notification");

        var inbox = await stage.JsonAsync($"../inbox/messages?to={_run}&limit=50");
        foreach (var message in inbox.GetProperty("messages").EnumerateArray().Reverse())
            stage.Say($"{message.GetProperty("provider").GetString(),-5} {message.GetProperty("answer").GetString(),-20} {message.GetProperty("title").GetString()}: {message.GetProperty("body").GetString()}");
        stage.Say("They are shown at /inbox, where switches let each provider answer 429, 410, 500 or nothing.");
    }

    private async Task RegisterAsync(DemoStage stage)
    {
        using var ios = await stage.PutJsonAsync($"users/{Alice}/devices/phone", new { platform = "ios", token = $"ios-{_run}", app = "demo", timeZone = "Asia/Seoul", locale = "ko" });
        using var android = await stage.PutJsonAsync($"users/{Alice}/devices/tablet", new { platform = "android", token = $"android-{_run}", app = "demo" });
        using var other = await stage.PutJsonAsync($"users/{Bob}/devices/phone", new { platform = "ios", token = $"ios-{_run}-bob", app = "demo" });
        using var mail = await stage.PutJsonAsync($"users/{Bob}/addresses", new { email = $"bob@{_run}.example", locale = "en" });
        using var wishes = await stage.PutJsonAsync($"users/{Bob}/preferences", new { categories = new Dictionary<string, object> { [Category] = new { push = false } } });
        using var template = await stage.PutJsonAsync($"templates/demo-{_run}", new
        {
            parameters = new { order = new { type = "string" } },
            locales = new
            {
                en = new
                {
                    push = new { title = "On its way", body = "Order {{ order }} has been shipped." },
                    email = new { subject = "Order {{ order }}", body = "It has been shipped.", html = "<p>Order <b>{{ order }}</b> has been shipped.</p>" },
                    inapp = new { title = "On its way", body = "Order {{ order }} has been shipped." },
                },
                ko = new { push = new { title = "배송 시작", body = "주문 {{ order }} 상품이 출발했습니다." } },
            },
        });
        stage.Check(
            template.StatusCode == HttpStatusCode.Created && Array.TrueForAll([ios, android, other, mail, wishes], answer => answer.IsSuccessStatusCode),
            "two people register devices, a mail address and what they want; a template is stored in English and Korean");
    }

    private async Task<string> SendAsync(DemoStage stage)
    {
        using var answer = await stage.PostJsonAsync(
            "notifications", new { recipients = new[] { Alice, Bob }, category = Category, template = $"demo-{_run}", data = new { order = "A-7" }, channels = Channels }, $"demo-{_run}");
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return body.RootElement.TryGetProperty("id", out var id) ? id.GetString()! : throw new InvalidOperationException(body.RootElement.GetRawText());
    }

    private static Task<bool> UntilAsync(DemoStage stage, string id, params string[] wanted) => stage.UntilAsync(async () =>
    {
        var ledger = await stage.JsonAsync($"notifications/{id}");
        var seen = ledger.GetProperty("deliveries").EnumerateArray().SelectMany(delivery => new[]
        {
            $"{delivery.GetProperty("carrier").GetString()} {delivery.GetProperty("status").GetString()}", $"{delivery.GetProperty("channel").GetString()} {delivery.GetProperty("status").GetString()}",
        }).ToHashSet(StringComparer.Ordinal);
        return Array.TrueForAll(wanted, seen.Contains);
    }, Patience);
}
