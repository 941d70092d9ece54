using System.Buffers.Text;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Serverless.Tests.Kv;

/// <summary>The key-value store as a client sees it: requests written out, answers as they come.</summary>
internal sealed class KvClient(HttpClient http)
{
    public const string Causality = "X-Causality";

    /// <summary>The path of a text key, percent-encoded, with '/' as %2F.</summary>
    public static string Path(string key) => $"api/kv/{Uri.EscapeDataString(key)}";

    /// <summary>The path of any key.</summary>
    public static string EncodedPath(string key) => $"api/kv/~{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key))}";

    public static string? CausalityOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues(Causality, out var values) ? values.Single() : null;

    public Task<HttpResponseMessage> PutAsync(string path, string text, string? seen = null) =>
        PutAsync(path, Encoding.UTF8.GetBytes(text), "text/plain", seen);

    public Task<HttpResponseMessage> PutAsync(string path, byte[] value, string? contentType, string? seen = null, bool chunked = false)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(value) };
        request.Headers.TransferEncodingChunked = chunked;
        if (contentType is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return SendAsync(request, seen is null ? [] : [(Causality, seen)]);
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), headers);

    public Task<HttpResponseMessage> HeadAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Head, path), []);

    public Task<HttpResponseMessage> DeleteAsync(string path, string? seen = null) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), seen is null ? [] : [(Causality, seen)]);

    /// <summary>What a key holds: one value, or its siblings in order.</summary>
    public async Task<IReadOnlyList<string>> ValuesAsync(string path)
    {
        var answer = await GetAsync(path);
        if ((int)answer.StatusCode == 200)
            return [await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)];
        Assert.Equal(300, (int)answer.StatusCode);
        var siblings = (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("siblings");
        return [.. siblings.EnumerateArray().Select(s => s.TryGetProperty("text", out var text) ? text.GetString()! : "†").Order(StringComparer.Ordinal)];
    }

    /// <summary>What each owner of the key holds now, to be compared with later.</summary>
    public async Task<IReadOnlyList<string>> StoredAsync(string path)
    {
        var placement = await http.GetFromJsonAsync<JsonElement>(new Uri($"{path}/placement", UriKind.Relative), TestContext.Current.CancellationToken);
        return [.. placement.GetProperty("owners").EnumerateArray().Select(
            o => $"{o.GetProperty("node")} {o.GetProperty("versions")} {o.GetProperty("fingerprint")}")];
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value), name);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
