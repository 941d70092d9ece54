using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Serverless.Tests.Page;

/// <summary>A small OpenID provider that knows one user. It takes only codes whose verifier fits their challenge (RFC 7636), and each refresh token once (RFC 9700, 4.14.2): whoever comes with an old one ends the sign-in.</summary>
internal sealed class OidcProvider : IAsyncDisposable
{
    private static readonly string[] Flows = ["code"];

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, (string Challenge, string Nonce)> _codes = new();
    private readonly Lock _refreshing = new();
    private string? _refresh;
    private int _exchanges;
    private int _refreshes;

    private OidcProvider(Uri head, string user)
    {
        User = user;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddCors();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.UseCors(policy => policy.AllowAnyOrigin().AllowAnyHeader());
        _app.MapGet("/.well-known/openid-configuration", () => Results.Json(new
        {
            issuer = Address,
            authorization_endpoint = $"{Address}/authorize",
            token_endpoint = $"{Address}/token",
            response_types_supported = Flows,
        }));
        _app.MapGet("/authorize", (HttpRequest request) => Authorize(request.Query));
        _app.MapPost("/token", (HttpRequest request) => ExchangeAsync(request, head));
    }

    public string User { get; }

    public string Address { get; private set; } = "";

    /// <summary>What the user is called.</summary>
    public static string Name => "Erin of the Provider";

    public int Exchanges => _exchanges;

    public int Refreshes => _refreshes;

    /// <summary>The user has to sign in again.</summary>
    public void End()
    {
        lock (_refreshing)
            _refresh = null;
    }

    public static async Task<OidcProvider> StartAsync(Uri head, string user, CancellationToken cancellationToken)
    {
        var provider = new OidcProvider(head, user);
        await provider._app.StartAsync(cancellationToken);
        provider.Address = provider._app.Urls.First();
        return provider;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Authorize(IQueryCollection query)
    {
        Assert.Equal(("code", "S256", "page"), (query["response_type"].ToString(), query["code_challenge_method"].ToString(), query["client_id"].ToString()));
        var code = Guid.CreateVersion7().ToString("n");
        _codes[code] = (query["code_challenge"].ToString(), query["nonce"].ToString());
        return Results.Redirect($"{query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(query["state"].ToString())}");
    }

    private async Task<IResult> ExchangeAsync(HttpRequest request, Uri head)
    {
        var form = await request.ReadFormAsync();
        var isRefresh = form["grant_type"] == "refresh_token";
        var nonce = "";
        if (!(isRefresh ? IsRefreshed(form["refresh_token"].ToString()) : IsExchanged(form["code"].ToString(), form["code_verifier"].ToString(), out nonce)))
            return Results.BadRequest(new { error = "invalid_grant" });
        using var http = new HttpClient { BaseAddress = head };
        using var answer = await http.PostAsJsonAsync(new Uri("api/dev/token", UriKind.Relative), new { user = User });
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        var refresh = Guid.CreateVersion7().ToString("n");
        lock (_refreshing)
            _refresh = refresh;
        return Results.Json(new { access_token = token, token_type = "Bearer", expires_in = 3600, refresh_token = refresh, id_token = isRefresh ? null : IdToken(nonce) });
    }

    private bool IsExchanged(string code, string verifier, out string nonce)
    {
        Interlocked.Increment(ref _exchanges);
        var isKnown = _codes.TryRemove(code, out var asked);
        nonce = asked.Nonce ?? "";
        return isKnown && asked.Challenge == WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
    }

    private bool IsRefreshed(string token)
    {
        Interlocked.Increment(ref _refreshes);
        lock (_refreshing)
        {
            var isGood = token == _refresh;
            _refresh = null;
            return isGood;
        }
    }

    // Handed over by the provider itself over TLS, so that clients need not check its signature (OpenID Connect Core, 3.1.3.7).
    private string IdToken(string nonce)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        static string Part(object value) => WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(value));
        return $"{Part(new { alg = "none" })}.{Part(new { iss = Address, aud = "page", sub = User, name = Name, nonce, iat = now, exp = now + 3600 })}.";
    }
}
