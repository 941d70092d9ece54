using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace Serverless.Tests.Limits;

/// <summary>Rules and checks over HTTP.</summary>
internal static class LimitsClient
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static Task<HttpResponseMessage> PutRulesAsync(this HttpClient client, string domain, string rules, string contentType = "application/yaml", string? version = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, Path(domain, "rules")) { Content = new StringContent(rules, Encoding.UTF8, new MediaTypeHeaderValue(contentType)) };
        if (version is not null)
            request.Headers.TryAddWithoutValidation("If-Match", version);
        return client.SendAsync(request, Cancelled);
    }

    /// <summary>Stores one rule for the key "user" in a domain of its own, and returns the domain.</summary>
    public static async Task<string> DomainAsync(this HttpClient client, string limit)
    {
        var domain = $"test-{Guid.CreateVersion7():n}";
        (await client.PutRulesAsync(domain, $"domain: {domain}\ndescriptors:\n  - key: user\n    rate_limit: {{ {limit} }}\n")).EnsureSuccessStatusCode();
        return domain;
    }

    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string domain, string verb, object body) => client.PostAsJsonAsync(Path(domain, verb), body, Cancelled);

    public static Task<HttpResponseMessage> CheckAsync(this HttpClient client, string domain, string user, long cost = 1, bool dryRun = false) =>
        client.PostAsync(domain, "check", new { descriptors = new[] { new { key = "user", value = user } }, cost, dryRun });

    public static Uri Path(string domain, string verb) => new($"api/limits/{domain}/{verb}", UriKind.Relative);
}
