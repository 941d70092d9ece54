using System.Diagnostics;
using System.Globalization;

namespace Serverless.Bench.Ids;

/// <summary>Ids per second over HTTP, a thousand to the request.</summary>
internal static class HttpRate
{
    private const int Clients = 8;
    private const int Count = 1_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(4);
    private static readonly Uri Route = new($"api/ids?count={Count}", UriKind.Relative);

    /// <param name="client">With credentials.</param>
    public static async Task PrintAsync(HttpClient client)
    {
        await RequestsPerSecondAsync(client, WarmUp);
        var perSecond = await RequestsPerSecondAsync(client, Long);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"over HTTP, {Clients} clients: {perSecond * Count:0} ids/s in {perSecond:0} requests/s of {Count} ids"));
    }

    private static async Task<double> RequestsPerSecondAsync(HttpClient client, TimeSpan length)
    {
        var (requests, start) = (0, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(start) < length)
            {
                using var answer = await client.PostAsync(Route, null);
                answer.EnsureSuccessStatusCode();
                Interlocked.Increment(ref requests);
            }
        }));
        return requests / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
