using System.Net;
using System.Text;
using Serverless.Tests.Http;

namespace Serverless.Tests.Kv;

/// <summary>Any text of 1 to 256 bytes is a key, and two texts are two keys.</summary>
public class KvKeyHttpTests(SharedCloud cloud)
{
    private readonly KvClient _kv = new(cloud.Service);

    [Fact]
    public async Task Every_key_keeps_its_own_value()
    {
        // Each pair or group is one that a careless path would take for the same.
        string[] texts = ["key-한국어", "key-a/b", "key-a b", "key-a+b", "key-%", "key-%25", "key-#", "key-?", "key-?r=1", "key-😀", "key-é", "key-e\u0301", "key-A", "key-a", "key-.", "key:;@&=$,!*'()[]\\|\"<>`{}^"];
        string[] hard = [".", "..", "~x", "%2F", "%2f", "/", "//", "key-\0", "key-a%2Fb", "key-\r\n", " ", "placement"];
        var paths = texts.Select(KvClient.Path).Concat(hard.Select(KvClient.EncodedPath)).ToList();

        Assert.All(await Task.WhenAll(paths.Select(p => _kv.PutAsync(p, p))), answer => Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode));
        foreach (var path in paths)
            Assert.Equal([path], await _kv.ValuesAsync(path));
    }

    [Theory]
    [InlineData("both-한/국 #?%")]
    [InlineData("both-slash/slash")]
    public async Task Both_spellings_of_a_path_name_one_key(string key)
    {
        await _kv.PutAsync(KvClient.Path(key), "v");
        Assert.Equal(["v"], await _kv.ValuesAsync(KvClient.EncodedPath(key)));
    }

    [Fact]
    public async Task A_percent_sign_that_is_sent_as_one_is_one()
    {
        await _kv.PutAsync("api/kv/percent-%2541", "of %41");
        await _kv.PutAsync("api/kv/percent-%41", "of A");
        Assert.Equal(["of %41"], await _kv.ValuesAsync(KvClient.EncodedPath("percent-%41")));
        Assert.Equal(["of A"], await _kv.ValuesAsync(KvClient.EncodedPath("percent-A")));
    }

    [Theory]
    [InlineData("k", 256)]
    [InlineData("한", 85)]
    public async Task The_longest_key_is_taken_and_a_longer_one_is_refused(string letter, int times)
    {
        var key = string.Concat(Enumerable.Repeat(letter, times));
        foreach (var path in new[] { KvClient.Path(key), KvClient.EncodedPath(key) })
        {
            Assert.Equal(HttpStatusCode.NoContent, (await _kv.PutAsync(path, "v")).StatusCode);
            Assert.Contains("v", await _kv.ValuesAsync(path));
        }

        foreach (var path in new[] { KvClient.Path(key + letter), KvClient.EncodedPath(key + letter) })
        {
            var problem = await AssertProblem.IsAsync(await _kv.PutAsync(path, "v"), 400, "bad-key");
            Assert.Contains($"{Encoding.UTF8.GetByteCount(key + letter)} bytes", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }
}
