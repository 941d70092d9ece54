using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Serverless.Notifications;

/// <summary>Apple's push service, over HTTP/2 ("Sending notification requests to APNs", Apple).</summary>
internal sealed class ApnsProvider(ApnsTokens tokens, IOptions<ApnsOptions> options, TimeProvider clock) : IProvider, IDisposable
{
    /// <summary>Bytes of the longest payload: 4,096.</summary>
    public const int MostBytes = 4_096;

    private static readonly TimeSpan TokenPause = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { EnableMultipleHttp2Connections = true, ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        BaseAddress = options.Value.Host,
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public Carrier Carrier => Carrier.Ios;

    public string Name => "apns";

    public string? Problem(ProviderCall call) =>
        PayloadOf(call) is { Length: > MostBytes and var bytes } ? $"The push payload takes {bytes.ToString(CultureInfo.InvariantCulture)} bytes; APNs takes {MostBytes}." : null;

    public async Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        if (await tokens.GetAsync(cancellationToken) is not { } token)
            return new ProviderAnswer.Later("no-provider-token", TokenPause) { WasAsked = false };
        using var request = RequestOf(call, token);
        var (response, failure) = await ProviderWire.TrySendAsync(_http, request, cancellationToken);
        if (response is null)
            return failure!;
        using (response)
        {
            if (response.StatusCode == HttpStatusCode.OK)
                return new ProviderAnswer.Taken("200", response.Headers.TryGetValues("apns-id", out var ids) ? ids.FirstOrDefault() : null);
            var error = await ErrorAsync(response, cancellationToken);
            if (error.Reason == "ExpiredProviderToken")
                await tokens.RenewAsync(token, cancellationToken);
            return AnswerOf(response, error);
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage RequestOf(ProviderCall call, ApnsToken token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/3/device/{Uri.EscapeDataString(call.To)}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(PayloadOf(call)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("bearer", token.Token);
        request.Headers.Add("apns-topic", call.App is { } app ? options.Value.Topics.GetValueOrDefault(app, app) : "");
        request.Headers.Add("apns-push-type", "alert");
        request.Headers.Add("apns-priority", call.Priority == Priority.High ? "10" : "5");
        request.Headers.Add("apns-expiration", (call.Expires?.ToUnixTimeSeconds() ?? 0).ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("apns-id", ProviderWire.UuidOf(call.Delivery).ToString());
        request.Headers.Add("apns-collapse-id", ProviderWire.CollapseIdOf(call));
        return request;
    }

    private static byte[] PayloadOf(ProviderCall call) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        aps = new { alert = new { title = call.Content.Title, body = call.Content.Body }, sound = call.Priority == Priority.High ? "default" : null, category = call.Category },
        notification = call.Notification,
        delivery = call.Delivery,
        eventsUrl = call.EventsUrl,
    }, PushJson.Options);

    private ProviderAnswer AnswerOf(HttpResponseMessage response, (string Reason, DateTimeOffset? Since) error)
    {
        var status = (int)response.StatusCode;
        var code = $"{status.ToString(CultureInfo.InvariantCulture)} {error.Reason}".TrimEnd();
        return (status, error.Reason) switch
        {
            (410, _) => new ProviderAnswer.AddressDead(code, error.Since),
            (400, "BadDeviceToken" or "DeviceTokenNotForTopic") => new ProviderAnswer.AddressDead(code, null),
            (400, "BadTopic" or "MissingTopic" or "TopicDisallowed" or "BadCertificate" or "BadCertificateEnvironment") => Misconfigured(code),
            (403, "ExpiredProviderToken") => new ProviderAnswer.Later(code, null),
            (403, _) => Misconfigured(code),
            (429, _) => new ProviderAnswer.Later(code, ProviderWire.RetryAfter(response, clock.GetUtcNow())),
            ( >= 500, _) => new ProviderAnswer.Later(code, ProviderWire.RetryAfter(response, clock.GetUtcNow())),
            _ => new ProviderAnswer.Refused(code, $"APNs refuses the notification: {error.Reason}."),
        };
    }

    private static ProviderAnswer.Misconfigured Misconfigured(string code) => new(code, "APNs does not take our key, team or topic: see Notifications:Apns.");

    private static async Task<(string Reason, DateTimeOffset? Since)> ErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            var reason = body.RootElement.TryGetProperty("reason", out var text) ? text.GetString() ?? "" : "";
            return (reason, body.RootElement.TryGetProperty("timestamp", out var since) && since.TryGetInt64(out var milliseconds) ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null);
        }
        catch (Exception unreadable) when (unreadable is JsonException or HttpRequestException or InvalidOperationException)
        {
            return ("", null);
        }
    }
}
