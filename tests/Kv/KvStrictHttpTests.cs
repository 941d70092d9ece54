using System.Net;
using System.Text;
using Serverless.Replication;
using Serverless.Tests.Http;

namespace Serverless.Tests.Kv;

/// <summary>Conditional writes and strict reads over HTTP: one winner, and a key that stays strict.</summary>
public sealed class KvStrictHttpTests(SharedCloud cloud)
{
    private const string Strict = "?consistency=strict";

    private readonly KvClient _kv = new(cloud.Service);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_created_once()
    {
        var path = KvClient.Path("strict-created");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PutAsync(path, $"{i}", ("If-None-Match", "*"))));
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.NoContent));
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.PreconditionFailed));
        var winner = Array.FindIndex(answers, a => a.StatusCode == HttpStatusCode.NoContent);
        Assert.Equal([$"{winner}"], await _kv.ValuesAsync(path + Strict));
        Assert.All(answers, answer => Assert.Equal(answers[winner].Headers.ETag, answer.Headers.ETag));
    }

    [Fact]
    public async Task A_value_is_swapped_by_whoever_knows_it()
    {
        var path = KvClient.Path("strict-swapped");
        var first = await PutAsync(path, "1", ("If-None-Match", "*"));
        var second = await PutAsync(path, "2", ("If-Match", first.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NoContent, second.StatusCode);
        Assert.NotEqual(first.Headers.ETag, second.Headers.ETag);

        var late = await PutAsync(path, "3", ("If-Match", first.Headers.ETag.ToString()));
        await AssertProblem.IsAsync(late, 412, "precondition-failed");
        Assert.Equal(second.Headers.ETag, late.Headers.ETag);
        foreach (var query in new[] { "", Strict })
        {
            var read = await _kv.GetAsync(path + query);
            Assert.Equal(("2", second.Headers.ETag), (await read.Content.ReadAsStringAsync(Token), read.Headers.ETag));
        }

        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(path, "4", ("If-Match", $"\"other\", {second.Headers.ETag}"))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(path, "5", ("If-Match", "*"))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(path, "6", ("If-None-Match", "\"other\""))).StatusCode);
        Assert.Equal(["6"], await _kv.ValuesAsync(path + Strict));
    }

    [Fact]
    public async Task A_strict_key_can_be_deleted_and_written_again()
    {
        var path = KvClient.Path("strict-deleted");
        var written = await PutAsync(path + Strict, "1");
        await AssertProblem.IsAsync(await DeleteAsync(path, ("If-Match", "\"other\"")), 412, "precondition-failed");
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync(path, ("If-Match", written.Headers.ETag!.ToString()))).StatusCode);
        await AssertProblem.IsAsync(await _kv.GetAsync(path), 404, "key-not-found");
        await AssertProblem.IsAsync(await _kv.GetAsync(path + Strict), 404, "key-not-found");
        await AssertProblem.IsAsync(await PutAsync(path, "2", ("If-Match", "*")), 412, "precondition-failed");
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(path, "2", ("If-None-Match", "*"))).StatusCode);
        Assert.Equal(["2"], await _kv.ValuesAsync(path));
    }

    [Fact]
    public async Task A_strict_write_replaces_the_eventual_versions_it_saw_and_refuses_further_ones()
    {
        var path = KvClient.Path("strict-mixed");
        await _kv.PutAsync($"{path}?w=3", "tea");
        await _kv.PutAsync($"{path}?w=3", "coffee");
        var siblings = await _kv.GetAsync(path);
        var merged = await PutAsync(path, "both", ("If-Match", siblings.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NoContent, merged.StatusCode);
        Assert.Equal(["both"], await _kv.ValuesAsync(path));
        await AssertProblem.IsAsync(await _kv.PutAsync(path, "late"), 409, "strict-key");
        await AssertProblem.IsAsync(await _kv.PutAsync(path, "late", KvClient.CausalityOf(siblings)), 409, "strict-key");
        await AssertProblem.IsAsync(await _kv.DeleteAsync(path), 409, "strict-key");
        Assert.Equal(["both"], await _kv.ValuesAsync(path + Strict));
    }

    [Fact]
    public async Task A_strict_read_of_a_key_that_is_not_strict_shows_what_a_majority_holds()
    {
        var path = KvClient.Path("strict-read-eventual");
        await AssertProblem.IsAsync(await _kv.GetAsync(path + Strict), 404, "key-not-found");
        await _kv.PutAsync($"{path}?w=3", new string('x', 100_000));
        var read = await _kv.GetAsync(path + Strict);
        Assert.Equal("strict", read.Headers.GetValues("X-Consistency").Single());
        Assert.Equal(100_000, read.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task A_value_above_the_size_of_a_register_is_refused_and_changes_nothing()
    {
        var path = KvClient.Path("strict-size");
        await PutAsync(path + Strict, "kept");

        // The third owner takes it in the background.
        var before = await _kv.StoredAsync(path);
        await Eventually.HoldsAsync(
            async () => (before = await _kv.StoredAsync(path)).Select(owner => owner.Split(' ')[^1]).Distinct().Count() == 1, "all owners hold the same");
        await AssertProblem.IsAsync(
            await SendAsync(HttpMethod.Put, path + Strict, new byte[StrictRegisters.MaxValueBytes + 1]), 413, "too-large");
        Assert.Equal(before, await _kv.StoredAsync(path));
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Put, path + Strict, new byte[StrictRegisters.MaxValueBytes])).StatusCode);
        Assert.Equal(StrictRegisters.MaxValueBytes, (await _kv.GetAsync(path)).Content.Headers.ContentLength);
    }

    private Task<HttpResponseMessage> PutAsync(string path, string text, params (string, string)[] headers) =>
        SendAsync(HttpMethod.Put, path, Encoding.UTF8.GetBytes(text), headers);

    private Task<HttpResponseMessage> DeleteAsync(string path, params (string, string)[] headers) => SendAsync(HttpMethod.Delete, path, null, headers);

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[]? body, params (string, string)[] headers) => _kv.SendAsync(
        new HttpRequestMessage(method, path) { Content = body is null ? null : new ByteArrayContent(body) }, headers);
}
