using System.Net;
using Serverless.Tests.Http;
using Serverless.Tests.Local;

namespace Serverless.Tests.Kv;

/// <summary>Values over HTTP: what is written is read, with its headers, until it is deleted.</summary>
public class KvHttpTests(SharedCloud cloud)
{
    private const int Longest = 256 * 1024;
    private readonly KvClient _kv = new(cloud.Service);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("text/plain; charset=utf-8")]
    [InlineData("application/vnd.example+json;v=2")]
    [InlineData("not a media type")]
    public async Task A_value_comes_back_with_its_content_type(string type)
    {
        var path = KvClient.Path($"http-type-{type}");
        Assert.Equal(HttpStatusCode.NoContent, (await _kv.PutAsync(path, [0, 255, 13, 10], type)).StatusCode);

        var answer = await _kv.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.NonValidated["Content-Type"].ToString());
        Assert.Equal([0, 255, 13, 10], await answer.Content.ReadAsByteArrayAsync(Cancelled));
    }

    // What a client could store but no server may send back would poison the key.
    [Theory]
    [InlineData("a/b;c=\u007f")]
    [InlineData("a/b;c=\td")]
    [InlineData("a/b;c=\u00e9")]
    [InlineData("a/b;c=\u0001")]
    public async Task A_content_type_that_is_taken_can_be_answered(string type)
    {
        var path = KvClient.Path($"http-odd-type-{type}");
        var put = await RawHttp.SendAsync(
            cloud.Head.Address.Port, $"PUT /{path} HTTP/1.1\nX-App-Key: local\nX-App-Secret: local-secret\nContent-Length: 1\nContent-Type: {type}", "v"u8.ToArray());
        Assert.True(put.Status is 204 or 400, put.Body);
        Assert.Equal(put.Status == 204 ? 200 : 404, (int)(await _kv.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task A_value_without_a_content_type_is_bytes()
    {
        await _kv.PutAsync(KvClient.Path("http-untyped"), [1], null);
        Assert.Equal("application/octet-stream", (await _kv.GetAsync(KvClient.Path("http-untyped"))).Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task An_empty_value_is_a_value()
    {
        var path = KvClient.Path("http-empty");
        await _kv.PutAsync(path, [], "text/plain");
        var answer = await _kv.GetAsync(path);
        Assert.Equal((HttpStatusCode.OK, 0L), (answer.StatusCode, answer.Content.Headers.ContentLength));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_longest_value_is_taken_and_one_byte_more_is_refused(bool chunked)
    {
        var path = KvClient.Path($"http-long-{chunked}");
        var value = new byte[Longest + 1];
        new Random(7).NextBytes(value);
        await AssertProblem.IsAsync(await _kv.PutAsync(path, value, null, null, chunked), 413, "too-large");
        await AssertProblem.IsAsync(await _kv.GetAsync(path), 404, "key-not-found");

        Assert.Equal(HttpStatusCode.NoContent, (await _kv.PutAsync(path, value[..Longest], null, null, chunked)).StatusCode);
        Assert.Equal(value[..Longest], await (await _kv.GetAsync(path)).Content.ReadAsByteArrayAsync(Cancelled));
    }

    [Fact]
    public async Task A_read_says_when_by_whom_and_what()
    {
        var path = KvClient.Path("http-headers");
        var before = TimeProvider.System.GetUtcNow();
        var written = await _kv.PutAsync(path, "v");
        Assert.NotNull(KvClient.CausalityOf(written));
        Assert.InRange(written.Headers.GetValues("X-Answered-By").Single().Split(',').Length, 2, 3);

        var answer = await _kv.GetAsync(path);
        Assert.InRange(answer.Headers.GetValues("X-Answered-By").Single().Split(',').Length, 2, 3);
        Assert.InRange(answer.Content.Headers.LastModified!.Value, before.AddSeconds(-1), TimeProvider.System.GetUtcNow());
        Assert.False(answer.Headers.ETag!.IsWeak);
        Assert.NotNull(KvClient.CausalityOf(answer));
    }

    [Fact]
    public async Task HEAD_answers_the_headers_of_GET_and_no_body()
    {
        var path = KvClient.Path("http-head");
        await _kv.PutAsync(path, "value");
        var (got, head) = (await _kv.GetAsync(path), await _kv.HeadAsync(path));

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancelled));
        Assert.Equal(got.Content.Headers.ToString(), head.Content.Headers.ToString());
        Assert.Equal((got.Headers.ETag, KvClient.CausalityOf(got)), (head.Headers.ETag, KvClient.CausalityOf(head)));
        Assert.Equal(HttpStatusCode.NotFound, (await _kv.HeadAsync(KvClient.Path("http-head-nothing"))).StatusCode);
    }

    [Fact]
    public async Task A_client_that_holds_the_value_is_answered_304_until_it_changes()
    {
        var path = KvClient.Path("http-etag");
        var seen = KvClient.CausalityOf(await _kv.PutAsync(path, "1"));
        var tag = (await _kv.GetAsync(path)).Headers.ETag!.ToString();

        var same = await _kv.GetAsync(path, ("If-None-Match", $"\"other\", {tag}"));
        Assert.Equal((HttpStatusCode.NotModified, tag), (same.StatusCode, same.Headers.ETag?.ToString()));
        Assert.Empty(await same.Content.ReadAsByteArrayAsync(Cancelled));
        Assert.Equal(HttpStatusCode.OK, (await _kv.GetAsync(path, ("If-None-Match", "\"other\""))).StatusCode);
        await _kv.PutAsync(path, "2", seen);
        Assert.Equal(HttpStatusCode.OK, (await _kv.GetAsync(path, ("If-None-Match", tag))).StatusCode);
    }

    [Fact]
    public async Task What_was_deleted_is_not_found_and_its_causality_is_told()
    {
        var path = KvClient.Path("http-deleted");
        var seen = KvClient.CausalityOf(await _kv.PutAsync(path, "v"));
        var deleted = await _kv.DeleteAsync(path, seen);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.NotNull(KvClient.CausalityOf(deleted));

        var gone = await _kv.GetAsync(path);
        await AssertProblem.IsAsync(gone, 404, "key-not-found");
        await _kv.PutAsync(path, "again", KvClient.CausalityOf(gone));
        Assert.Equal(["again"], await _kv.ValuesAsync(path));
    }

    [Fact]
    public async Task A_delete_without_causality_deletes_what_is_there()
    {
        var path = KvClient.Path("http-deleted-blindly");
        await Task.WhenAll(_kv.PutAsync(path, "a"), _kv.PutAsync(path, "b"));
        Assert.Equal(HttpStatusCode.NoContent, (await _kv.DeleteAsync(path)).StatusCode);
        await AssertProblem.IsAsync(await _kv.GetAsync(path), 404, "key-not-found");
        Assert.Equal(HttpStatusCode.NoContent, (await _kv.DeleteAsync(path)).StatusCode);
    }

    [Fact]
    public async Task A_delete_of_nothing_succeeds_and_stores_nothing()
    {
        var path = KvClient.Path("http-deleted-nothing");
        Assert.Equal(HttpStatusCode.NoContent, (await _kv.DeleteAsync(path)).StatusCode);
        Assert.All(await _kv.StoredAsync(path), owner => Assert.EndsWith(" 0 ", owner, StringComparison.Ordinal));
    }
}
