using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Serverless.Tests.EndToEnd;

/// <summary>Sixteen clients of the key-value store over HTTP, which believe nothing but what they read back.</summary>
internal sealed class KvClients(HttpClient http)
{
    public const int Count = 16;

    private const string Causality = "X-Causality";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Writes all of them; each must be acknowledged.</summary>
    public Task WriteAllAsync(IEnumerable<KvEntry> entries) => AtOnceAsync(entries, async entry => await WriteAsync(entry));

    /// <summary>Overwrites all of them with the same key's new value; each must be acknowledged.</summary>
    public Task OverwriteAllAsync(IEnumerable<KvEntry> entries) => AtOnceAsync(entries, async entry =>
    {
        using var found = await http.GetAsync(At(entry), Cancelled);
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        await WriteAsync(entry, found.Headers.GetValues(Causality).Single());
    });

    /// <summary>Writes one; fails unless it is acknowledged, and throws <see cref="HttpRequestException"/> when there is no answer.</summary>
    public async Task WriteAsync(KvEntry entry, string? seen = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, At(entry)) { Content = new StringContent(entry.Value, Encoding.UTF8) };
        if (seen is not null)
            request.Headers.Add(Causality, seen);
        using var answer = await http.SendAsync(request, Cancelled);
        Assert.True(answer.StatusCode == HttpStatusCode.NoContent, $"PUT {entry.Key}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancelled)}");
    }

    /// <summary>Reads all of them, and fails unless each has its value and no other.</summary>
    public async Task ReadAllBackAsync(IEnumerable<KvEntry> entries, string query = "")
    {
        var wrong = new ConcurrentQueue<string>();
        var read = 0;
        await AtOnceAsync(entries, async entry =>
        {
            var (status, value) = await ReadAsync(entry, query);
            Interlocked.Increment(ref read);
            if (status != HttpStatusCode.OK || value != entry.Value)
                wrong.Enqueue($"{entry.Key}: {status}, {value[..Math.Min(value.Length, 300)]}");
        });
        Assert.True(wrong.IsEmpty, $"{wrong.Count} of {read} keys:\n{string.Join('\n', wrong.Take(20))}");
    }

    public async Task<(HttpStatusCode Status, string Value)> ReadAsync(KvEntry entry, string query = "")
    {
        using var answer = await http.GetAsync(At(entry, query), Cancelled);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
    }

    /// <summary>Asks each owner of each key what it holds, which repairs nothing; returns the keys that not all of them hold alike.</summary>
    public async Task<IReadOnlyCollection<string>> HeldUnevenlyAsync(IEnumerable<KvEntry> entries)
    {
        var uneven = new ConcurrentQueue<string>();
        await AtOnceAsync(entries, async entry =>
        {
            using var placement = JsonDocument.Parse(await http.GetStringAsync(At(entry, "/placement"), Cancelled));
            var owners = placement.RootElement.GetProperty("owners").EnumerateArray().ToList();
            var states = owners.ConvertAll(owner => owner.GetProperty("fingerprint").GetString());
            if (states.Contains(null) || states.Distinct().Count() > 1)
                uneven.Enqueue($"{entry.Key}: {string.Join(", ", owners)}");
        });
        return uneven;
    }

    private static Task AtOnceAsync(IEnumerable<KvEntry> entries, Func<KvEntry, Task> act) => Parallel.ForEachAsync(
        entries,
        new ParallelOptions { MaxDegreeOfParallelism = Count, CancellationToken = Cancelled },
        async (entry, _) => await act(entry));

    private static Uri At(KvEntry entry, string rest = "") => new($"api/kv/{entry.Key}{rest}", UriKind.Relative);
}
