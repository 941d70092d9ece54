using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Serverless.Notifications;

/// <summary>Text messages by Azure Communication Services, over its REST API with HMAC authentication. A repetition names itself (repeatabilityRequestId), so that it is sent once.</summary>
internal sealed class SmsProvider(IOptions<SmsOptions> options, TimeProvider clock) : IProvider, IDisposable
{
    /// <summary>Characters of the longest message: 2,048, as the service takes it; it is sent in parts.</summary>
    public const int MostCharacters = 2_048;

    private const string Path = "/sms?api-version=2021-03-07";
    private const string SignedHeaders = "x-ms-date;host;x-ms-content-sha256";

    private readonly byte[] _key = Convert.FromBase64String(options.Value.AccessKey);
    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) }) { BaseAddress = options.Value.Endpoint };

    public Carrier Carrier => Carrier.Sms;

    public string Name => "acs-sms";

    public string? Problem(ProviderCall call) => call.Content.Body.Length > MostCharacters ? $"A text message has at most {MostCharacters} characters." : null;

    public async Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        using var request = RequestOf(call);
        var (response, failure) = await ProviderWire.TrySendAsync(_http, request, cancellationToken);
        if (response is null)
            return failure!;
        using (response)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.StatusCode == HttpStatusCode.Accepted ? OfRecipient(body) : OfRequest(response);
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage RequestOf(ProviderCall call)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            from = options.Value.From,
            smsRecipients = new[]
            {
                new
                {
                    to = call.To,
                    repeatabilityRequestId = ProviderWire.UuidOf(call.Delivery).ToString(),
                    repeatabilityFirstSent = call.Queued.ToString("R", CultureInfo.InvariantCulture),
                },
            },
            message = call.Content.Body,
            smsSendOptions = new { enableDeliveryReport = true, tag = call.Category },
        }, JsonSerializerOptions.Web);
        var (date, hash) = (clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture), Convert.ToBase64String(SHA256.HashData(body)));
        var host = options.Value.Endpoint!.IsDefaultPort ? options.Value.Endpoint.Host : options.Value.Endpoint.Authority;
        var signature = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"POST\n{Path}\n{date};{host};{hash}")));
        var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        request.Headers.Add("x-ms-date", date);
        request.Headers.Add("x-ms-content-sha256", hash);
        request.Headers.TryAddWithoutValidation("Authorization", $"HMAC-SHA256 SignedHeaders={SignedHeaders}&Signature={signature}");
        return request;
    }

    // The request was taken; whether its one recipient was is said beside.
    private static ProviderAnswer OfRecipient(byte[] body)
    {
        try
        {
            using var parsed = JsonDocument.Parse(body);
            var result = parsed.RootElement.GetProperty("value")[0];
            var status = result.GetProperty("httpStatusCode").GetInt32();
            var (code, why) = (status.ToString(CultureInfo.InvariantCulture), result.TryGetProperty("errorMessage", out var text) ? text.GetString() ?? "" : "");
            return status switch
            {
                >= 200 and < 300 => new ProviderAnswer.Taken(code, result.TryGetProperty("messageId", out var id) ? id.GetString() : null),
                400 or 404 => new ProviderAnswer.AddressDead(code, null),
                429 or >= 500 => new ProviderAnswer.Later(code, null),
                _ => new ProviderAnswer.Refused(code, $"The service refuses the message: {why}"),
            };
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            return new ProviderAnswer.Unknown("unreadable");
        }
    }

    private ProviderAnswer OfRequest(HttpResponseMessage response)
    {
        var code = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        return (int)response.StatusCode switch
        {
            401 or 403 => new ProviderAnswer.Misconfigured(code, "The service does not take our access key or number: see Notifications:Sms."),
            429 or >= 500 => new ProviderAnswer.Later(code, ProviderWire.RetryAfter(response, clock.GetUtcNow())),
            _ => new ProviderAnswer.Refused(code, "The service refuses the message."),
        };
    }
}
