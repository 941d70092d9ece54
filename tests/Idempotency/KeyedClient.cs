using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Serverless.Tests.Idempotency;

/// <summary>Requests with an Idempotency-Key over HTTP.</summary>
internal static class KeyedClient
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static string NewKey() => $"\"{Guid.CreateVersion7()}\"";

    /// <summary>Asks for tickets of a sequence of its own, so that their numbers tell how many were taken.</summary>
    public static string Tickets(int count) => $"api/ids?strategy=ticket&count={count}&name=keyed-{Guid.CreateVersion7():n}";

    public static Task<HttpResponseMessage> PostKeyedAsync(this HttpClient client, string path, string key, HttpContent? content = null) =>
        SendAsync(client, HttpMethod.Post, path, key, content);

    public static Task<HttpResponseMessage> PutKeyedAsync(this HttpClient client, string path, string key, string value) =>
        SendAsync(client, HttpMethod.Put, path, key, new StringContent(value));

    /// <summary>Sends it until it is not in flight any more.</summary>
    public static async Task<HttpResponseMessage> PostKeyedToTheEndAsync(this HttpClient client, string path, string key)
    {
        HttpResponseMessage? answer = null;
        await Eventually.HoldsAsync(async () =>
        {
            answer?.Dispose();
            answer = await client.PostKeyedAsync(path, key);
            return answer.StatusCode != HttpStatusCode.Conflict;
        }, "the request is answered");
        return answer!;
    }

    public static bool IsReplay(HttpResponseMessage answer) => answer.Headers.TryGetValues("Idempotency-Replay", out var values) && values.Single() == "true";

    public static async Task<IReadOnlyList<string>> IdsAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("ids").EnumerateArray().Select(id => id.GetString()!)];
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string key, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        Assert.True(request.Headers.TryAddWithoutValidation("Idempotency-Key", key));
        return await client.SendAsync(request, Cancelled);
    }
}
