using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Serverless.Local.Inbox;

/// <summary>Answers as APNs does.</summary>
internal sealed class ApnsServer(LocalCredentials credentials, Inbox inbox, Switches switches, TimeProvider clock)
{
    private const string Provider = "apns";
    private const int MostBytes = 4_096;

    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/3/device/{token}", SendAsync);

    private async Task SendAsync(HttpContext http, string token)
    {
        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes, http.RequestAborted);
        var body = bytes.ToArray();
        var (id, refusal) = (http.Request.Headers["apns-id"].ToString(), await RefusalAsync(http, body));
        var arrival = ArrivalOf(http, token, id, body);
        var answer = refusal is null ? switches.Decide(Provider, token) : SwitchAnswer.Ok;
        var (status, reason) = (refusal, answer) switch
        {
            ({ } said, _) => said,
            (_, SwitchAnswer.TooMany) => (429, "TooManyRequests"),
            (_, SwitchAnswer.Gone) => (410, "Unregistered"),
            (_, SwitchAnswer.Failing) => (500, "InternalServerError"),
            _ => (200, ""),
        };
        inbox.Add(arrival, answer == SwitchAnswer.Timeout ? "200, not said" : $"{status.ToString(CultureInfo.InvariantCulture)} {reason}".TrimEnd(), status == 200);
        if (answer == SwitchAnswer.Timeout)
            await Task.Delay(Hold, clock, http.RequestAborted);
        http.Response.StatusCode = status;
        http.Response.Headers["apns-id"] = id;
        if (status == 410)
            await http.Response.WriteAsJsonAsync(new { reason, timestamp = clock.GetUtcNow().ToUnixTimeMilliseconds() });
        else if (status != 200)
            await http.Response.WriteAsJsonAsync(new { reason });
    }

    private async Task<(int Status, string Reason)?> RefusalAsync(HttpContext http, byte[] body)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase))
            return (403, "MissingProviderToken");
        using var key = ECDsa.Create();
        key.ImportFromPem(credentials.ApnsKey);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(header["bearer ".Length..], new TokenValidationParameters
        {
            ValidIssuer = LocalCredentials.TeamId,
            ValidateAudience = false,
            ValidateLifetime = false,
            RequireExpirationTime = false,
            IssuerSigningKey = new ECDsaSecurityKey(key) { KeyId = LocalCredentials.KeyId, CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } },
        });
        if (!result.IsValid || result.SecurityToken is not JsonWebToken token)
            return (403, "InvalidProviderToken");
        if (clock.GetUtcNow() - new DateTimeOffset(token.IssuedAt, TimeSpan.Zero) > TokenLife)
            return (403, "ExpiredProviderToken");
        if (http.Request.Headers["apns-topic"].ToString().Length == 0)
            return (400, "MissingTopic");
        return body.Length > MostBytes ? (413, "PayloadTooLarge") : null;
    }

    private static Arrival ArrivalOf(HttpContext http, string token, string id, byte[] body)
    {
        var raw = new StringBuilder().Append(CultureInfo.InvariantCulture, $"POST /3/device/{token} {http.Request.Protocol}\n");
        foreach (var (name, value) in http.Request.Headers.Where(header => header.Key.StartsWith("apns-", StringComparison.OrdinalIgnoreCase)))
            raw.Append(CultureInfo.InvariantCulture, $"{name}: {value}\n");
        raw.Append('\n').Append(Encoding.UTF8.GetString(body));
        try
        {
            using var json = JsonDocument.Parse(body);
            var alert = json.RootElement.GetProperty("aps").GetProperty("alert");
            return new Arrival(Provider, token, alert.TryGetProperty("title", out var title) ? title.GetString() : null, alert.GetProperty("body").GetString() ?? "", null, id, raw.ToString());
        }
        catch (Exception odd) when (odd is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new Arrival(Provider, token, null, "", null, id, raw.ToString());
        }
    }
}
