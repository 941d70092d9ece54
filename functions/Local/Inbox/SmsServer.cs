using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Serverless.Local.Inbox;

/// <summary>Answers as the text messages of Azure Communication Services do: a repetition that names itself is taken once.</summary>
internal sealed class SmsServer(LocalCredentials credentials, Inbox inbox, Switches switches, TimeProvider clock)
{
    private const string Provider = "sms";

    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/sms", SendAsync);

    private async Task SendAsync(HttpContext http)
    {
        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes, http.RequestAborted);
        var body = bytes.ToArray();
        if (!IsSigned(http, body))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (ArrivalOf(body) is not { } arrival)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var answer = switches.Decide(Provider, arrival.To);
        var status = answer switch { SwitchAnswer.TooMany => 429, SwitchAnswer.Failing => 500, _ => 202 };
        var recipient = answer == SwitchAnswer.Gone ? 400 : 202;
        var isRepeated = inbox.WasTaken(Provider, arrival.Delivery);
        inbox.Add(arrival, answer == SwitchAnswer.Timeout ? "202, not said" : status == 202 ? recipient.ToString(CultureInfo.InvariantCulture) : status.ToString(CultureInfo.InvariantCulture), status == 202 && recipient == 202);
        if (answer == SwitchAnswer.Timeout)
            await Task.Delay(Hold, clock, http.RequestAborted);
        http.Response.StatusCode = status;
        if (status == 429)
            http.Response.Headers.RetryAfter = "1";
        if (status == 202)
        {
            await http.Response.WriteAsJsonAsync(new
            {
                value = new[]
                {
                    new
                    {
                        to = arrival.To,
                        messageId = $"local-{arrival.Delivery}",
                        httpStatusCode = recipient,
                        repeatabilityResult = isRepeated ? "rejected" : "accepted",
                        successful = recipient == 202,
                        errorMessage = recipient == 202 ? null : "Invalid to phone number format.",
                    },
                },
            });
        }
    }

    private bool IsSigned(HttpContext http, byte[] body)
    {
        var (date, hash) = (http.Request.Headers["x-ms-date"].ToString(), http.Request.Headers["x-ms-content-sha256"].ToString());
        var text = $"POST\n{http.Request.Path}{http.Request.QueryString}\n{date};{http.Request.Host};{hash}";
        var expected = $"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(credentials.SmsKey), Encoding.UTF8.GetBytes(text)))}";
        return hash == Convert.ToBase64String(SHA256.HashData(body))
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString()), Encoding.UTF8.GetBytes(expected));
    }

    private static Arrival? ArrivalOf(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var recipient = json.RootElement.GetProperty("smsRecipients")[0];
            return new Arrival(
                Provider, recipient.GetProperty("to").GetString() ?? "", null, json.RootElement.GetProperty("message").GetString() ?? "", null,
                recipient.TryGetProperty("repeatabilityRequestId", out var id) ? id.GetString() ?? "" : "", $"POST /sms\n\n{Encoding.UTF8.GetString(body)}");
        }
        catch (Exception odd) when (odd is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
