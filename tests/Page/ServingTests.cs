using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Serverless.Local.Page;

namespace Serverless.Tests.Page;

public partial class ServingTests(SharedCloud cloud, PageRig rig) : PageTest(cloud, rig)
{
    private const int MostBytes = 120 * 1024;

    [Fact]
    public async Task The_first_load_has_less_than_120_KiB_of_script_as_gzip()
    {
        var scripts = ScriptRegex().Matches(await GetAsync("", null)).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(scripts);
        var bytes = scripts.Sum(script => new FileInfo($"{PageBuild.Locate().Folder}{script}.gz").Length);
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} bytes of script");
        Assert.InRange(bytes, 10_000, MostBytes);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Files_are_served_compressed_and_the_same_as_without(string encoding)
    {
        var script = ScriptRegex().Match(await GetAsync("", null)).Groups[1].Value;
        var plain = await GetAsync(script, null);
        using var answer = await SendAsync(script, encoding);
        Assert.Equal([encoding], answer.Content.Headers.ContentEncoding);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancelled);
        await using Stream unpacked = encoding == "br" ? new BrotliStream(body, CompressionMode.Decompress) : new GZipStream(body, CompressionMode.Decompress);
        Assert.Equal(plain, await new StreamReader(unpacked).ReadToEndAsync(Cancelled));
    }

    [Fact]
    public async Task What_is_named_by_its_content_is_kept_for_ever_and_the_page_itself_is_asked_for_again()
    {
        using var page = await SendAsync("", null);
        Assert.Equal("no-cache", page.Headers.CacheControl?.ToString());
        Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        using var asset = await SendAsync(ScriptRegex().Match(await page.Content.ReadAsStringAsync(Cancelled)).Groups[1].Value, null);
        Assert.Equal("public, max-age=31536000, immutable", asset.Headers.CacheControl?.ToString());

        using var again = new HttpRequestMessage(HttpMethod.Get, Rig.Address) { Headers = { IfNoneMatch = { page.Headers.ETag! } } };
        using var http = new HttpClient();
        using var unchanged = await http.SendAsync(again, Cancelled);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task Whoever_calls_the_head_localhost_is_sent_to_where_the_pushes_come_from()
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var answer = await http.GetAsync(new Uri($"http://localhost:{Rig.Address.Port}/"), Cancelled);
        Assert.Equal((HttpStatusCode.Redirect, Rig.Address), (answer.StatusCode, answer.Headers.Location));
    }

    private async Task<string> GetAsync(string path, string? encoding)
    {
        using var answer = await SendAsync(path, encoding);
        return await answer.Content.ReadAsStringAsync(Cancelled);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string? encoding)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Rig.Address, path));
        if (encoding is not null)
            request.Headers.AcceptEncoding.ParseAdd(encoding);
        var answer = await http.SendAsync(request, Cancelled);
        return answer.EnsureSuccessStatusCode();
    }

    [GeneratedRegex("src=\"(/assets/[^\"]+\\.js)\"")]
    private static partial Regex ScriptRegex();
}
