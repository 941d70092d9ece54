using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Serverless.Local.Inbox;

/// <summary>Answers as Google's token endpoint and FCM's HTTP v1 API do.</summary>
internal sealed class FcmServer(LocalCredentials credentials, Inbox inbox, Switches switches, TimeProvider clock, Random random)
{
    /// <summary>Where access tokens are had.</summary>
    public const string TokenPath = "/token";

    private const string Provider = "fcm";
    private const int TokenSeconds = 3_600;
    private const string QuotaSeconds = "5";

    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(TokenPath, TokenAsync);
        routes.MapPost("/v1/projects/{project}/messages:send", SendAsync);
    }

    private async Task TokenAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        using var key = RSA.Create();
        key.ImportFromPem(credentials.FcmKey);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(form["assertion"].ToString(), new TokenValidationParameters
        {
            ValidIssuer = LocalCredentials.ServiceAccount,
            ValidateAudience = false,
            ValidateLifetime = false,
            IssuerSigningKey = new RsaSecurityKey(key) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } },
        });
        if (!result.IsValid)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsJsonAsync(new { error = "invalid_grant", error_description = "The assertion's signature is not that of the service account." });
            return;
        }

        string token;
        lock (random)
            token = string.Create(CultureInfo.InvariantCulture, $"local-{random.NextInt64():x}{random.NextInt64():x}");
        _tokens[token] = clock.GetUtcNow() + TimeSpan.FromSeconds(TokenSeconds);
        await http.Response.WriteAsJsonAsync(new { access_token = token, expires_in = TokenSeconds, token_type = "Bearer" });
    }

    private async Task SendAsync(HttpContext http, string project)
    {
        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes, http.RequestAborted);
        var raw = Encoding.UTF8.GetString(bytes.ToArray());
        var arrival = ArrivalOf(project, raw);
        var answer = switches.Decide(Provider, arrival.To);
        var (status, state, code) = !IsKnown(http) ? (401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR")
            : arrival.To.Length == 0 ? (400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")
            : answer switch
            {
                SwitchAnswer.TooMany => (429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"),
                SwitchAnswer.Gone => (404, "NOT_FOUND", "UNREGISTERED"),
                SwitchAnswer.Failing => (500, "INTERNAL", "INTERNAL"),
                _ => (200, "", ""),
            };
        inbox.Add(arrival, answer == SwitchAnswer.Timeout ? "200, not said" : $"{status.ToString(CultureInfo.InvariantCulture)} {code}".TrimEnd(), status == 200);
        if (answer == SwitchAnswer.Timeout)
            await Task.Delay(Hold, clock, http.RequestAborted);
        http.Response.StatusCode = status;
        if (status == 200)
        {
            await http.Response.WriteAsJsonAsync(new { name = $"projects/{project}/messages/{arrival.Delivery}" });
            return;
        }

        if (status == 429)
            http.Response.Headers.RetryAfter = QuotaSeconds;
        var details = new[] { new Dictionary<string, object> { ["@type"] = "type.googleapis.com/google.firebase.fcm.v1.FcmError", ["errorCode"] = code } };
        await http.Response.WriteAsJsonAsync(new { error = new { code = status, message = $"As the switch says: {code}.", status = state, details } });
    }

    private bool IsKnown(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && _tokens.TryGetValue(header["Bearer ".Length..], out var until) && clock.GetUtcNow() < until;
    }

    private static Arrival ArrivalOf(string project, string body)
    {
        var raw = $"POST /v1/projects/{project}/messages:send\n\n{body}";
        try
        {
            using var json = JsonDocument.Parse(body);
            var message = json.RootElement.GetProperty("message");
            var shown = message.GetProperty("notification");
            return new Arrival(
                Provider, message.GetProperty("token").GetString() ?? "", shown.TryGetProperty("title", out var title) ? title.GetString() : null, shown.GetProperty("body").GetString() ?? "", null,
                message.TryGetProperty("data", out var data) && data.TryGetProperty("delivery", out var delivery) ? delivery.GetString() ?? "" : "", raw);
        }
        catch (Exception odd) when (odd is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new Arrival(Provider, "", null, "", null, "", raw);
        }
    }
}
