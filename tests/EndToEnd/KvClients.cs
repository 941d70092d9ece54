using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Serverless.Tests.EndToEnd;

/// <summary>
/// Sixteen clients of the key-value store over HTTP, which believe nothing but what they read back. They do what a 503 says, try
/// again, for a while and count it: on a busy machine a node that lives may miss a deadline. Any other wrong answer fails at once.
/// </summary>
internal sealed class KvClients(HttpClient http)
{
    public const int Count = 16;

    private const string Causality = "X-Causality";
    private const int MostTries = 15;

    private int _refusals;

    /// <summary>Answers 503 so far.</summary>
    public int Refusals => _refusals;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Writes all of them, over whatever their keys hold; each must be acknowledged in the end.</summary>
    public Task WriteAllAsync(IEnumerable<KvEntry> entries) => AtOnceAsync(entries, entry => UnlessRefusedAsync(async () =>
    {
        using var found = await http.GetAsync(At(entry), Cancelled);
        var seen = found.Headers.TryGetValues(Causality, out var tokens) ? tokens.Single() : null;
        return found.StatusCode != HttpStatusCode.ServiceUnavailable && await TryWriteAsync(entry, seen);
    }));

    /// <summary>
    /// Writes one: true when it is acknowledged, false when it is refused, after which it may be there or not. Throws
    /// <see cref="HttpRequestException"/> when there is no answer.
    /// </summary>
    public async Task<bool> TryWriteAsync(KvEntry entry, string? seen = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, At(entry)) { Content = new StringContent(entry.Value, Encoding.UTF8) };
        if (seen is not null)
            request.Headers.Add(Causality, seen);
        using var answer = await http.SendAsync(request, Cancelled);
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            return false;
        Assert.True(answer.StatusCode == HttpStatusCode.NoContent, $"PUT {entry.Key}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancelled)}");
        return true;
    }

    /// <summary>Reads all of them, and fails unless each has its value and no other.</summary>
    public async Task ReadAllBackAsync(IEnumerable<KvEntry> entries, string query = "")
    {
        var wrong = new ConcurrentQueue<string>();
        await AtOnceAsync(entries, async entry =>
        {
            var (status, value) = await ReadAsync(entry, query);
            if (status != HttpStatusCode.OK || value != entry.Value)
                wrong.Enqueue($"{entry.Key}: {status}, {value[..Math.Min(value.Length, 300)]}");
        });
        Assert.True(wrong.IsEmpty, $"{wrong.Count} keys:\n{string.Join('\n', wrong.Take(20))}");
    }

    public async Task<(HttpStatusCode Status, string Value)> ReadAsync(KvEntry entry, string query = "")
    {
        var read = (Status: HttpStatusCode.ServiceUnavailable, Value: "");
        await UnlessRefusedAsync(async () =>
        {
            using var answer = await http.GetAsync(At(entry, query), Cancelled);
            read = (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
            return read.Status != HttpStatusCode.ServiceUnavailable;
        });
        return read;
    }

    /// <summary>Asks each owner of each key what it holds, which repairs nothing; returns the keys that not all of them hold alike.</summary>
    public async Task<IReadOnlyCollection<string>> HeldUnevenlyAsync(IEnumerable<KvEntry> entries)
    {
        var uneven = new ConcurrentQueue<string>();
        await AtOnceAsync(entries, entry => UnlessRefusedAsync(async () =>
        {
            using var placement = JsonDocument.Parse(await http.GetStringAsync(At(entry, "/placement"), Cancelled));
            var owners = placement.RootElement.GetProperty("owners").EnumerateArray().ToList();
            if (owners.Exists(owner => !owner.GetProperty("answered").GetBoolean()))
                return false;
            var states = owners.ConvertAll(owner => owner.GetProperty("fingerprint").GetString());
            if (states.Contains(null) || states.Distinct().Count() > 1)
                uneven.Enqueue($"{entry.Key}: {string.Join(", ", owners)}");
            return true;
        }));
        return uneven;
    }

    private static Task AtOnceAsync(IEnumerable<KvEntry> entries, Func<KvEntry, Task> act) => Parallel.ForEachAsync(
        entries,
        new ParallelOptions { MaxDegreeOfParallelism = Count, CancellationToken = Cancelled },
        async (entry, _) => await act(entry));

    private static Uri At(KvEntry entry, string rest = "") => new($"api/kv/{entry.Key}{rest}", UriKind.Relative);

    // Once a second, as Retry-After says.
    private async Task UnlessRefusedAsync(Func<Task<bool>> ask)
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        for (var tries = 1; !await ask(); tries++)
        {
            Interlocked.Increment(ref _refusals);
            Assert.True(tries < MostTries, $"Refused {tries} times in a row.");
            await second.WaitForNextTickAsync(Cancelled);
        }
    }
}
