using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Serverless.Tests.Kv;

/// <summary>Concurrent versions over HTTP: none is lost, and whoever has seen them all leaves one.</summary>
public class KvSiblingHttpTests(SharedCloud cloud)
{
    private readonly KvClient _kv = new(cloud.Service);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_blind_writes_at_once_are_both_answered_until_a_client_has_seen_them()
    {
        var path = KvClient.Path("sibling-two");
        await Task.WhenAll(_kv.PutAsync(path, "one"), _kv.PutAsync(path, "two"));
        Assert.Equal(["one", "two"], await _kv.ValuesAsync(path));

        var answer = await _kv.GetAsync(path);
        Assert.Equal((HttpStatusCode.MultipleChoices, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains("Accept", answer.Headers.Vary);
        await _kv.PutAsync(path, "merged", KvClient.CausalityOf(answer));
        Assert.Equal(["merged"], await _kv.ValuesAsync(path));
    }

    [Fact]
    public async Task Siblings_come_as_parts_when_the_client_asks_for_them()
    {
        var path = KvClient.Path("sibling-parts");
        byte[] binary = [0, 255, 13, 10, 45, 45, 13, 10];
        await Task.WhenAll(_kv.PutAsync(path, binary, "image/png"), _kv.PutAsync(path, [], "text/plain; charset=utf-8"));

        var parts = await PartsAsync(path);
        Assert.Equal(["image/png", "text/plain; charset=utf-8"], parts.Select(p => p.ContentType).Order(StringComparer.Ordinal));
        Assert.Equal(binary, parts.Single(p => p.ContentType == "image/png").Body);
        Assert.Empty(parts.Single(p => p.ContentType != "image/png").Body);
        Assert.Equal(2, parts.DistinctBy(p => p.ETag).Count());
        Assert.All(parts, p => Assert.InRange(p.Written, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow()));
    }

    [Fact]
    public async Task A_value_that_holds_the_boundary_of_an_earlier_answer_stays_one_part()
    {
        var path = KvClient.Path("sibling-boundary");
        await _kv.PutAsync(path, "first");
        await _kv.PutAsync(path, "second");
        var boundary = Boundary(await _kv.GetAsync(path, ("Accept", "multipart/mixed")));
        var trap = $"\r\n--{boundary}\r\n\r\nnot a part\r\n--{boundary}--\r\n";
        await _kv.PutAsync(path, trap);

        Assert.Equal(["first", "second", trap], (await PartsAsync(path)).Select(p => Encoding.UTF8.GetString(p.Body)).OrderByDescending(t => t == "first").ThenBy(t => t.Length));
    }

    [Fact]
    public async Task A_delete_beside_a_write_it_did_not_see_shows_both()
    {
        var path = KvClient.Path("sibling-deleted");
        var seen = KvClient.CausalityOf(await _kv.PutAsync(path, "old"));
        await Task.WhenAll(_kv.DeleteAsync(path, seen), _kv.PutAsync(path, "new", seen));

        Assert.Equal(["new", "†"], await _kv.ValuesAsync(path));
        Assert.Single((await PartsAsync(path)), p => p.Deleted);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Writers_that_only_remember_their_own_writes_leave_one_version_each_at_most(int writers)
    {
        var path = KvClient.Path($"sibling-writers-{writers}");
        var seen = new string?[writers];
        for (var round = 0; round < 100 / writers; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, writers).Select(async w =>
                seen[w] = KvClient.CausalityOf(await _kv.PutAsync(path, string.Create(CultureInfo.InvariantCulture, $"{w}:{round}"), seen[w]))));
            Assert.InRange((await _kv.ValuesAsync(path)).Count, 1, writers);
        }

        Assert.Equal(Enumerable.Range(0, writers).Select(w => $"{w}:{100 / writers - 1}"), await _kv.ValuesAsync(path));
    }

    private static string Boundary(HttpResponseMessage answer) => HeaderUtilities.RemoveQuotes(
        MediaTypeHeaderValue.Parse(answer.Content.Headers.ContentType!.ToString()).Boundary).ToString();

    private async Task<List<Part>> PartsAsync(string path)
    {
        var answer = await _kv.GetAsync(path, ("Accept", "application/json;q=0.5, multipart/mixed"));
        Assert.Equal((HttpStatusCode.MultipleChoices, "multipart/mixed"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var reader = new MultipartReader(Boundary(answer), await answer.Content.ReadAsStreamAsync(Cancelled));
        var parts = new List<Part>();
        while (await reader.ReadNextSectionAsync(Cancelled) is { } section)
        {
            using var body = new MemoryStream();
            await section.Body.CopyToAsync(body, Cancelled);
            var headers = section.Headers!;
            var written = DateTimeOffset.Parse(headers["Last-Modified"].ToString(), CultureInfo.InvariantCulture);
            parts.Add(new Part(section.ContentType!, headers["ETag"].ToString(), written, headers.ContainsKey("X-Deleted"), body.ToArray()));
        }

        return parts;
    }

    private sealed record Part(string ContentType, string ETag, DateTimeOffset Written, bool Deleted, byte[] Body);
}
