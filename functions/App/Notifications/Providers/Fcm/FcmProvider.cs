using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Serverless.Notifications;

/// <summary>Firebase Cloud Messaging, HTTP v1: Android devices, and browsers.</summary>
internal sealed class FcmProvider(FcmTokens tokens, IOptions<FcmOptions> options, TimeProvider clock) : IProvider, IDisposable
{
    /// <summary>Bytes of the longest message without its token: 4,096.</summary>
    public const int MostBytes = 4_096;

    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(2_419_200);
    private static readonly TimeSpan QuotaPause = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), EnableMultipleHttp2Connections = true }) { BaseAddress = options.Value.Host };

    public Carrier Carrier => Carrier.Android;

    public string Name => "fcm";

    public string? Problem(ProviderCall call) =>
        MessageOf(call, null) is { Length: > MostBytes and var bytes } ? $"The push message takes {bytes.ToString(CultureInfo.InvariantCulture)} bytes; FCM takes {MostBytes}." : null;

    public async Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var (token, none) = await tokens.GetAsync(cancellationToken);
        if (token is null)
            return none!;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/projects/{Uri.EscapeDataString(options.Value.ProjectId)}/messages:send")
        {
            Content = new ByteArrayContent([.. "{\"message\":"u8, .. MessageOf(call, call.To), (byte)'}']) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var (response, failure) = await ProviderWire.TrySendAsync(_http, request, cancellationToken);
        if (response is null)
            return failure!;
        using (response)
        {
            var body = await BodyAsync(response, cancellationToken);
            if (response.IsSuccessStatusCode)
                return new ProviderAnswer.Taken("200", body?.TryGetProperty("name", out var name) == true ? name.GetString() : null);
            if (response.StatusCode == HttpStatusCode.Unauthorized)
                tokens.Forget();
            return AnswerOf(response, FcmError.Of(body));
        }
    }

    public void Dispose() => _http.Dispose();

    private byte[] MessageOf(ProviderCall call, string? token)
    {
        var life = call.Expires is { } expires ? expires - clock.GetUtcNow() : LongestLife;
        var seconds = (long)Math.Clamp(life.TotalSeconds, 0, LongestLife.TotalSeconds);
        var collapse = ProviderWire.CollapseIdOf(call);
        var data = new Dictionary<string, string> { ["notification"] = call.Notification, ["delivery"] = call.Delivery, ["category"] = call.Category };
        if (call.EventsUrl is { } url)
            data["eventsUrl"] = url;
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            token,
            notification = new { title = call.Content.Title, body = call.Content.Body },
            data,
            android = new { priority = call.Priority == Priority.High ? "HIGH" : "NORMAL", ttl = string.Create(CultureInfo.InvariantCulture, $"{seconds}s"), collapse_key = collapse },
            webpush = new
            {
                headers = new Dictionary<string, string>
                {
                    ["TTL"] = seconds.ToString(CultureInfo.InvariantCulture),
                    ["Urgency"] = call.Priority == Priority.High ? "high" : "normal",
                    ["Topic"] = collapse[..32],
                },
            },
        }, PushJson.Options);
    }

    private ProviderAnswer AnswerOf(HttpResponseMessage response, FcmError error)
    {
        var status = (int)response.StatusCode;
        var code = $"{status.ToString(CultureInfo.InvariantCulture)} {error.Code}".TrimEnd();
        var after = ProviderWire.RetryAfter(response, clock.GetUtcNow());
        return (status, error.Code) switch
        {
            (404, "UNREGISTERED") or (403, "SENDER_ID_MISMATCH") => new ProviderAnswer.AddressDead(code, null),
            (400, "INVALID_ARGUMENT") when error.IsOfToken => new ProviderAnswer.AddressDead(code, null),
            (401 or 403, _) => new ProviderAnswer.Misconfigured(code, "FCM does not take our service account or project: see Notifications:Fcm."),
            (429, _) => new ProviderAnswer.Later(code, after ?? QuotaPause),
            ( >= 500, _) => new ProviderAnswer.Later(code, after),
            _ => new ProviderAnswer.Refused(code, $"FCM refuses the message: {error.Message}"),
        };
    }

    private static async Task<JsonElement?> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return body.RootElement.Clone();
        }
        catch (Exception unreadable) when (unreadable is JsonException or HttpRequestException)
        {
            return null;
        }
    }
}
