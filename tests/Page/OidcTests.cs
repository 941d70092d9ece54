using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Tests.Page;

/// <summary>Sign-in as it is in Azure: at an OpenID provider, here one that runs beside.</summary>
public class OidcTests(SharedCloud cloud, PageRig rig) : PageTest(cloud, rig)
{
    [Fact]
    public async Task Somebody_signs_in_with_a_code_and_PKCE_comes_back_and_is_remembered()
    {
        await using var provider = await Provider.StartAsync(Rig.Address, PageRig.NewUser("erin"), Cancelled);
        await using var context = await Rig.Browser.NewContextAsync(new() { Locale = "en-GB", BypassCSP = true });
        var page = await context.NewPageAsync();
        await page.RouteAsync("**/config.json", route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = JsonSerializer.Serialize(new { api = "/api", signIn = new { kind = "oidc", authority = provider.Address, clientId = "page", scope = "openid offline_access" } }),
        }));
        await page.GotoAsync(Rig.Address.ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue to sign-in" }).ClickAsync();
        await Expect(page.Locator(".rooms__me")).ToHaveTextAsync(provider.User);
        Assert.DoesNotContain("code=", page.Url, StringComparison.Ordinal);

        // The token that it holds is good for the API: somebody can be asked for contact.
        await page.GetByRole(AriaRole.Button, new() { Name = "People and requests" }).First.ClickAsync();
        await page.GetByLabel("Ask somebody for contact").FillAsync(PageRig.NewUser("frank"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Take back" })).ToBeVisibleAsync();

        await page.ReloadAsync();
        await Expect(page.Locator(".rooms__me")).ToHaveTextAsync(provider.User);
        Assert.Equal(1, provider.Exchanges);
    }

    /// <summary>A small OpenID provider that knows one user, and takes only codes whose verifier fits their challenge (RFC 7636).</summary>
    private sealed class Provider : IAsyncDisposable
    {
        private static readonly string[] Flows = ["code"];

        private readonly WebApplication _app;
        private readonly ConcurrentDictionary<string, (string Challenge, string Nonce)> _codes = new();
        private int _exchanges;

        private Provider(Uri head, string user)
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

        public int Exchanges => _exchanges;

        public static async Task<Provider> StartAsync(Uri head, string user, CancellationToken cancellationToken)
        {
            var provider = new Provider(head, user);
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
            var verifier = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
            if (!_codes.TryRemove(form["code"].ToString(), out var code) || code.Challenge != verifier)
                return Results.BadRequest(new { error = "invalid_grant" });
            Interlocked.Increment(ref _exchanges);
            using var http = new HttpClient { BaseAddress = head };
            using var answer = await http.PostAsJsonAsync(new Uri("api/dev/token", UriKind.Relative), new { user = User });
            var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
            return Results.Json(new { access_token = token, token_type = "Bearer", expires_in = 3600, id_token = IdToken(code.Nonce) });
        }

        // Handed over by the provider itself over TLS, so that clients need not check its signature (OpenID Connect Core, 3.1.3.7).
        private string IdToken(string nonce)
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            static string Part(object value) => WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(value));
            return $"{Part(new { alg = "none" })}.{Part(new { iss = Address, aud = "page", sub = User, nonce, iat = now, exp = now + 3600 })}.";
        }
    }
}
