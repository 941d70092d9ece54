using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Serverless.Limits;
using Serverless.Tests.Http;

namespace Serverless.Tests.Limits;

public class LimitRulesHttpTests(SharedCloud cloud)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rules_are_answered_as_they_were_sent()
    {
        await AssertProblem.IsAsync(await GetAsync("http-kept"), 404, "unknown-domain");
        var text = "# ü\r\ndomain: http-kept\ndescriptors:\n- key: user\n  rate_limit: { unit: day, requests_per_unit: 7 }\n- key: a\n";
        var stored = await PutAsync("http-kept", text, "application/x-yaml");
        Assert.Equal((HttpStatusCode.OK, "\"1\""), (stored.StatusCode, stored.Headers.ETag?.Tag));
        Assert.Equal("""{"domain":"http-kept","version":1,"rules":1}""", await stored.Content.ReadAsStringAsync(Cancelled));

        var read = await GetAsync("http-kept");
        Assert.Equal((HttpStatusCode.OK, "application/x-yaml", "\"1\""), (read.StatusCode, read.Content.Headers.ContentType?.MediaType, read.Headers.ETag?.Tag));
        Assert.Equal(text, await read.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task YAML_is_answered_as_JSON_to_whom_that_is_better_and_means_the_same()
    {
        var text = """
            domain: http-json
            descriptors:
            - key: user
              value: 10
              shadow_mode: true
              rate_limit: { name: n, unit: day, unit_multiplier: 2, requests_per_unit: 7, algorithm: token_bucket, burst: 3 }
              descriptors: [{ key: path, value: "a\"\u00e9\\", rate_limit: { unlimited: true, replaces: [{ name: n }] } }]
            """;
        await PutAsync("http-json", text, "application/yaml");
        var read = await GetAsync("http-json", "text/html;q=0.1, application/json;q=0.9, */*;q=0.5");
        Assert.Equal("application/json", read.Content.Headers.ContentType?.MediaType);
        var json = await read.Content.ReadAsStringAsync(Cancelled);
        Assert.Equal(JsonSerializer.Serialize(RulesText.Rules(text).Descriptors), JsonSerializer.Serialize(RulesText.Rules(json, LimitRulesFormat.Json).Descriptors));
        Assert.Equal("application/yaml", (await GetAsync("http-json", "*/*")).Content.Headers.ContentType?.MediaType);

        await PutAsync("http-json", json, "application/json");
        Assert.Equal("application/json", (await GetAsync("http-json")).Content.Headers.ContentType?.MediaType);
        var yaml = await GetAsync("http-json", "application/yaml");
        Assert.Equal("application/yaml", yaml.Content.Headers.ContentType?.MediaType);
        Assert.Single(RulesText.Rules(await yaml.Content.ReadAsStringAsync(Cancelled)).Descriptors);
    }

    [Fact]
    public async Task Rules_that_are_not_understood_are_told_with_all_their_lines_and_not_stored()
    {
        await PutAsync("http-bad", "domain: http-bad\ndescriptors: []", "text/yaml");
        var problem = await AssertProblem.IsAsync(await PutAsync("http-bad", "domain: other\ndescriptors:\n- key: k\n  rate_limit: {}", "text/yaml; charset=UTF-8"), 400, "bad-rules");
        Assert.Equal([(1, 9), (4, 3), (4, 3)], problem.GetProperty("errors").EnumerateArray().Select(error => (error.GetProperty("line").GetInt32(), error.GetProperty("column").GetInt32())));
        Assert.All(problem.GetProperty("errors").EnumerateArray(), error => Assert.EndsWith(".", error.GetProperty("message").GetString(), StringComparison.Ordinal));
        Assert.Equal("\"1\"", (await GetAsync("http-bad")).Headers.ETag?.Tag);
    }

    [Fact]
    public async Task A_change_of_a_version_that_is_no_longer_there_is_refused()
    {
        const string Text = "domain: http-match\ndescriptors: []";
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("http-match", Text, "application/yaml", "\"0\"")).StatusCode);
        var problem = await AssertProblem.IsAsync(await PutAsync("http-match", Text, "application/yaml", "\"0\""), 412, "version-conflict");
        Assert.Equal(1, problem.GetProperty("version").GetInt64());
        Assert.Equal("\"2\"", (await PutAsync("http-match", Text, "application/yaml", "\"1\"")).Headers.ETag?.Tag);
        Assert.Equal("\"3\"", (await PutAsync("http-match", Text, "application/yaml")).Headers.ETag?.Tag);
    }

    [Theory]
    [InlineData("http-input", "text/plain", null, 415, "bad-content-type")]
    [InlineData("http-input", "application/yaml; charset=latin1", null, 415, "bad-content-type")]
    [InlineData("http-input", "", null, 415, "bad-content-type")]
    [InlineData("http-input", "application/json", null, 400, "bad-rules")]
    [InlineData("http%20input", "application/yaml", null, 400, "bad-domain")]
    [InlineData("http%2Finput", "application/yaml", null, 400, "bad-domain")]
    [InlineData("http-input", "application/yaml", "*", 400, "bad-if-match")]
    [InlineData("http-input", "application/yaml", "1", 400, "bad-if-match")]
    [InlineData("http-input", "application/yaml", "W/\"1\"", 400, "bad-if-match")]
    [InlineData("http-input", "application/yaml", "\"1\", \"2\"", 400, "bad-if-match")]
    [InlineData("http-input", "application/yaml", "\"-1\"", 400, "bad-if-match")]
    [InlineData("http-input", "application/yaml", "\"99999999999999999999\"", 400, "bad-if-match")]
    public async Task A_request_that_cannot_be_understood_is_told_why(string domain, string contentType, string? ifMatch, int status, string type)
    {
        await AssertProblem.IsAsync(await PutAsync(domain, "domain: http-input\ndescriptors: []", contentType, ifMatch), status, type);
        await AssertProblem.IsAsync(await GetAsync("http-input"), 404, "unknown-domain");
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused() => await AssertProblem.IsAsync(
        await PutAsync("http-long", new string(' ', LimitRulesReader.MostBytes + 1), "application/yaml"), 413, "too-large");

    [Theory]
    [InlineData("GET", HttpStatusCode.NotFound)]
    [InlineData("PUT", HttpStatusCode.UnsupportedMediaType)]
    public async Task Services_and_operators_may_and_nobody_else(string method, HttpStatusCode allowed)
    {
        const string Path = "api/limits/http-access/rules";
        await AssertProblem.IsAsync(await cloud.Nobody.SendAsync(new HttpRequestMessage(new HttpMethod(method), Path), Cancelled), 401, "unauthenticated");
        using var user = await cloud.AsUserAsync("uma");
        await AssertProblem.IsAsync(await user.SendAsync(new HttpRequestMessage(new HttpMethod(method), Path), Cancelled), 403, "forbidden");
        using var someOperator = await cloud.AsUserAsync("olga", "operator");
        Assert.Equal(allowed, (await someOperator.SendAsync(new HttpRequestMessage(new HttpMethod(method), Path), Cancelled)).StatusCode);
    }

    private Task<HttpResponseMessage> GetAsync(string domain, string? accept = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"api/limits/{domain}/rules");
        if (accept is not null)
            request.Headers.Add("Accept", accept);
        return cloud.Service.SendAsync(request, Cancelled);
    }

    private Task<HttpResponseMessage> PutAsync(string domain, string text, string contentType, string? ifMatch = null)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = contentType.Length == 0 ? null : MediaTypeHeaderValue.Parse(contentType);
        var request = new HttpRequestMessage(HttpMethod.Put, $"api/limits/{domain}/rules") { Content = content };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return cloud.Service.SendAsync(request, Cancelled);
    }
}
