using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Serverless.Local.Chat;

/// <summary>The chat's HTTP interface as one user's client calls it.</summary>
internal sealed class ChatApi : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;

    /// <param name="address">The head's, without /api.</param>
    /// <param name="user">Who calls.</param>
    /// <param name="token">A development token of theirs.</param>
    /// <param name="handler">Sends the requests; null: as usual.</param>
    public ChatApi(Uri address, string user, string token, HttpMessageHandler? handler = null)
    {
        (Address, User, Token) = (address, user, token);
        _http = new HttpClient(handler ?? new HttpClientHandler()) { BaseAddress = new Uri(address, "api/"), Timeout = Limit };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Uri Address { get; }

    public string User { get; }

    public string Token { get; }

    /// <summary>A client with a development token of a head.</summary>
    public static async Task<ChatApi> SignInAsync(Uri address, string user, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = Limit };
        using var answer = await http.PostAsync(new Uri(address, "api/dev/token"), Json(new { user }), cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var body = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
        return new ChatApi(address, user, body.RootElement.GetProperty("accessToken").GetString()!);
    }

    /// <summary>The same user at another head of the same cloud.</summary>
    public ChatApi At(Uri address) => new(address, User, Token);

    public Task<HttpResponseMessage> PutAsync(string path, object body, CancellationToken cancellationToken) => _http.PutAsync(new Uri(path, UriKind.Relative), Json(body), cancellationToken);

    public Task<HttpResponseMessage> PostAsync(string path, object body, CancellationToken cancellationToken) => _http.PostAsync(new Uri(path, UriKind.Relative), Json(body), cancellationToken);

    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken) => _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);

    public Task<HttpResponseMessage> DeleteAsync(string path, CancellationToken cancellationToken) => _http.DeleteAsync(new Uri(path, UriKind.Relative), cancellationToken);

    /// <summary>Sends once; null when it cannot be known whether it was taken, or not now: to be sent again as it is.</summary>
    /// <exception cref="InvalidOperationException">It was refused; the message is the answer.</exception>
    public async Task<ChatEvent?> SendAsync(string room, string clientId, object message, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await PutAsync($"rooms/{room}/messages/{clientId}", message, cancellationToken);
            if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created)
                return JsonSerializer.Deserialize<ChatEvent>(await answer.Content.ReadAsStringAsync(cancellationToken), JsonSerializerOptions.Web);
            if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError))
                throw new InvalidOperationException($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
        catch (HttpRequestException)
        {
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }

        return null;
    }

    public void Dispose() => _http.Dispose();

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body, JsonSerializerOptions.Web), Encoding.UTF8, "application/json");
}
