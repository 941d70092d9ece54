using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Serverless.Local.Head;

namespace Serverless.Local.Demo;

/// <summary>What a scene plays on: the cloud's API as a client sees it, and a place to say what it did and saw.</summary>
internal sealed class DemoStage : IDisposable
{
    private readonly HttpClient _http;
    private readonly TextWriter _output;

    public DemoStage(Uri address, TextWriter output, TimeProvider clock)
    {
        _output = output;
        (Address, Clock) = (address, clock);
        _http = new HttpClient { BaseAddress = new Uri(address, "api/") };
        _http.DefaultRequestHeaders.Add("X-App-Key", CloudHead.AppKey);
        _http.DefaultRequestHeaders.Add("X-App-Secret", CloudHead.AppSecret);
    }

    /// <summary>Of the head, without /api.</summary>
    public Uri Address { get; }

    public TimeProvider Clock { get; }

    /// <summary>Whether anything was not as it should be.</summary>
    public bool Failed { get; private set; }

    public void Say(string line) => _output.WriteLine($"  {line}");

    public void Title(string title) => _output.WriteLine($"\n{title}");

    /// <summary>Says what was seen and whether it is right; the demo goes on, but ends with a failure.</summary>
    public void Check(bool right, string seen)
    {
        _output.WriteLine($"  {(right ? "ok  " : "FAIL")} {seen}");
        Failed |= !right;
    }

    public async Task<HttpResponseMessage> PutAsync(string key, string value, string? causality = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, Path($"kv/{key}"))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(value)) { Headers = { ContentType = new MediaTypeHeaderValue("text/plain") } },
        };
        if (causality is not null)
            request.Headers.Add("X-Causality", causality);
        return await _http.SendAsync(request);
    }

    public Task<HttpResponseMessage> PostAsync(string path) => _http.PostAsync(Path(path), null);

    public async Task<HttpResponseMessage> PostJsonAsync(string path, object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path(path)) { Content = JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await _http.SendAsync(request);
    }

    public Task<HttpResponseMessage> PutJsonAsync(string path, object body) => _http.PutAsJsonAsync(Path(path), body);

    public Task<HttpResponseMessage> DeleteAsync(string path) => _http.DeleteAsync(Path(path));

    public Task<HttpResponseMessage> PutTextAsync(string path, string contentType, string text) =>
        _http.PutAsync(Path(path), new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue(contentType)));

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(Path(path));

    public async Task<JsonElement> JsonAsync(string path) => await _http.GetFromJsonAsync<JsonElement>(Path(path));

    public async Task<bool> IsAsync(string key, string value)
    {
        using var answer = await GetAsync($"kv/{key}");
        return answer.StatusCode == HttpStatusCode.OK && await answer.Content.ReadAsStringAsync() == value;
    }

    /// <summary>Lets the storage of a region die without saving, as a power cut would, and its head too where it has one of its own.</summary>
    public async Task<bool> KillAsync(string region, bool withHead = false)
    {
        using var answer = await _http.PostAsync(Path($"dev/regions/{region}/kill{(withHead ? "?with=head" : "")}"), null);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Lets a timer function run now instead of when it is due.</summary>
    public async Task<bool> RunAsync(string function)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path($"../admin/functions/{function}"));
        request.Headers.Add("x-functions-key", CloudHead.MasterKey);
        using var answer = await _http.SendAsync(request);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>One line per owner of the key: where it is, whether it answers, what it holds.</summary>
    public async Task<IReadOnlyList<JsonElement>> ShowOwnersAsync(string key)
    {
        var placement = await JsonAsync($"kv/{key}/placement");
        Say($"'{key}' hashes to partition {placement.GetProperty("partition")}; its owners:");
        var owners = placement.GetProperty("owners").EnumerateArray().ToList();
        foreach (var owner in owners)
        {
            var state = owner.GetProperty("answered").GetBoolean()
                ? $"holds {owner.GetProperty("versions")} version(s), fingerprint {Short(owner.GetProperty("fingerprint"))}"
                : "does not answer";
            Say($"  {owner.GetProperty("region")}  {owner.GetProperty("node")}  {state}");
        }

        return owners;
    }

    /// <summary>Looks again every half second until it is so, or <paramref name="limit"/> has passed.</summary>
    public async Task<bool> UntilAsync(Func<Task<bool>> isSo, TimeSpan limit)
    {
        var startedAt = Clock.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500), Clock);
        while (!await isSo())
        {
            if (Clock.GetElapsedTime(startedAt) > limit)
                return false;
            await timer.WaitForNextTickAsync();
        }

        return true;
    }

    public void Dispose() => _http.Dispose();

    private static Uri Path(string path) => new(path, UriKind.Relative);

    private static string Short(JsonElement fingerprint) => fingerprint.ValueKind == JsonValueKind.String ? fingerprint.GetString()![..8] : "none";
}
