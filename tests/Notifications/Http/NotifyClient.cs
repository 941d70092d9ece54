using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serverless.Local.Inbox;

namespace Serverless.Tests.Notifications;

/// <summary>Notifications over HTTP, each test with users and templates of its own.</summary>
internal sealed class NotifyClient(SharedCloud cloud)
{
    public static readonly string[] Push = ["push"];
    public static readonly string[] Mail = ["email"];
    public static readonly string[] Sms = ["sms"];
    public static readonly string[] InApp = ["inapp"];
    public static readonly string[] PushAndMail = ["push", "email"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public HttpClient Http => cloud.Service;

    public Inbox Inbox => cloud.Head.Providers!.Inbox;

    public static string NewName(string what) => $"{what}-{Guid.CreateVersion7():n}";

    /// <summary>A user with one device of each kind, a mail address and a phone number.</summary>
    public async Task<string> UserAsync(string? locale = null)
    {
        var user = NewName("u");
        foreach (var platform in (string[])["ios", "android"])
            Assert.Equal(HttpStatusCode.Created, (await PutAsync($"users/{user}/devices/{platform}", new { platform, token = $"{platform}-{user}", app = "shop" })).StatusCode);
        (await PutAsync($"users/{user}/addresses", new { email = $"{user}@example.com", phone = "+821012345678", locale })).EnsureSuccessStatusCode();
        return user;
    }

    /// <summary>A template of one text parameter, "name", in English and Korean.</summary>
    public async Task<string> TemplateAsync()
    {
        var name = NewName("t");
        (await PutAsync($"templates/{name}", Template())).EnsureSuccessStatusCode();
        return name;
    }

    public static object Template(string greeting = "Hello") => new
    {
        parameters = new { name = new { type = "string", maxLength = 100 } },
        fallback = "en",
        locales = new
        {
            en = new
            {
                push = new { title = greeting, body = "Hello {{ name }}" },
                sms = new { body = "Hello {{ name }}" },
                email = new { subject = "For {{ name }}", body = "Hello {{ name }}", html = "<p>Hello <b>{{ name }}</b> <a href=\"{{ events_url }}\">open</a></p>" },
                inapp = new { title = greeting, body = "Hello {{ name }}" },
            },
            ko = new { push = new { title = "안녕하세요", body = "{{ name }}님, 안녕하세요" } },
        },
    };

    public Task<HttpResponseMessage> PutAsync(string path, object body) => Http.PutAsJsonAsync(new Uri($"api/{path}", UriKind.Relative), body, Cancelled);

    public async Task<HttpResponseMessage> SendAsync(object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/notifications") { Content = JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await Http.SendAsync(request, Cancelled);
    }

    public async Task<string> AcceptedAsync(object body, string? key = null)
    {
        var answer = await SendAsync(body, key);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync(Cancelled));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("id").GetString()!;
    }

    public Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>(new Uri($"api/{path}", UriKind.Relative), Cancelled);

    /// <summary>The ledger, once every delivery has come to an end.</summary>
    public async Task<JsonElement> DoneAsync(string id)
    {
        JsonElement ledger = default;
        await Eventually.HoldsAsync(async () => (ledger = await GetAsync($"notifications/{id}")).GetProperty("status").GetString() == "done", "the notification is done");
        return ledger;
    }

    /// <summary>The deliveries of a ledger, as "channel status why".</summary>
    public static IReadOnlyList<string> Deliveries(JsonElement ledger) => [.. ledger.GetProperty("deliveries").EnumerateArray().Select(delivery =>
        $"{(delivery.GetProperty("carrier").GetString() ?? delivery.GetProperty("channel").GetString())} {delivery.GetProperty("status").GetString()} {delivery.GetProperty("why").GetString()}".TrimEnd())
        .Order(StringComparer.Ordinal)];
}
