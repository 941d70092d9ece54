using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Queues;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Local.Cloud;
using Serverless.Local.Head;
using Serverless.Notifications;
using Serverless.Replication;

namespace Serverless.Bench.Notifications;

/// <summary><c>bench notifications</c>: ten thousand notifications to as many users through the whole local cloud, beside what its queue does alone.</summary>
internal static class NotificationsBench
{
    private const int Users = 10_000;
    private const int PerRollUp = 1_000;
    private const int PerRequest = 500;
    private const int Senders = 4;
    private const int Singles = 300;
    private const int SingleSenders = 4;
    private const int QueueMessages = 3_000;

    private static readonly string[] Push = ["push"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static async Task<int> RunAsync(string[] args)
    {
        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Port = 0, InMemory = true });
        await using var head = await CloudHead.StartAsync(cloud, 0, null, CancellationToken.None);
        var ratios = new Ratios();
        using var http = new HttpClient { BaseAddress = head.Address };
        http.DefaultRequestHeaders.Add("X-App-Key", CloudHead.AppKey);
        http.DefaultRequestHeaders.Add("X-App-Secret", CloudHead.AppSecret);
        await RegisterAsync(head.Services.GetRequiredService<PeopleStore>(), head.Services.GetRequiredService<RollUp>());

        var storage = cloud.StorageConnectionString(cloud.Regions[0]);
        var before = await BareQueue.RateAsync(storage, "bare-before", QueueMessages, new string('x', 200));
        using var calls = new StorageCalls(
            cloud.Addresses.AllNodes.Select(node => node.TableEndpoint.Port).Distinct(), cloud.Addresses.AllNodes.Select(node => node.TableEndpoint.Port - 1).Distinct());
        var (seconds, depth, latencies) = await DrainAsync(http, head, storage);
        var (tables, queues) = (calls.Tables, calls.Queues);
        var after = await BareQueue.RateAsync(storage, "bare-after", QueueMessages, new string('x', 200));
        var (rate, bare) = (Users / seconds, Math.Max(before, after));

        Say($"{Users} notifications to {Users} users drained in {seconds:0.0} s: {rate:0} a second; the bare queue alone does {bare:0} ({before:0} before, {after:0} after)");
        Say($"storage: {tables} calls of tables and {queues} of queues, timers' included: {(double)tables / Users:0.00} and {(double)queues / Users:0.00} a notification");
        Say($"accepting {PerRequest} at once: p50 {latencies.Percentile(50):0} ms, p99 {latencies.Percentile(99):0} ms");
        Say("not delivered yet, over time:");
        Plot(depth);
        var earlier = calls.Tables + calls.Queues;
        var singles = await SinglesAsync(http);
        await TakenAsync(head, Users + Singles);
        Say($"accepting one, {SingleSenders} senders: p50 {singles.Percentile(50):0.0} ms, p99 {singles.Percentile(99):0.0} ms; {(double)(calls.Tables + calls.Queues - earlier) / Singles:0.0} calls of storage each");
        ratios.AtLeast("notify.throughput.vs.queue", rate / bare, 0.2);
        ratios.AtMost("notify.storage.calls", (double)(tables + queues) / Users, 8);
        return ratios.ExitCode;
    }

    // They registered long ago: what their registration leaves behind in the commit logs has been rolled up.
    private static async Task RegisterAsync(PeopleStore people, RollUp rollUp)
    {
        var startedAt = Stopwatch.GetTimestamp();
        foreach (var some in Enumerable.Range(0, Users).Chunk(PerRollUp))
        {
            await Parallel.ForEachAsync(some, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, token) =>
            {
                var now = DateTimeOffset.UnixEpoch;
                var device = new Device("d", Platform.Android, $"token-{number}", "app", now, now);
                if (await people.ChangeAsync(NameOf(number), person => person with { Devices = [device] }, token) is not DocumentChange<Person>.Written)
                    throw new InvalidOperationException($"User {number} could not be stored.");
            });
            await rollUp.RunAsync(CancellationToken.None);
        }

        Say($"{Users} users registered in {Stopwatch.GetElapsedTime(startedAt).TotalSeconds:0} s");
    }

    private static async Task<(double Seconds, List<(double At, int Left, int Queued)> Depth, List<double> Latencies)> DrainAsync(HttpClient http, CloudHead head, string storage)
    {
        var (latencies, depth, inbox) = (new List<double>(), new List<(double At, int Left, int Queued)>(), head.Providers!.Inbox);
        var startedAt = Stopwatch.GetTimestamp();
        var sending = Parallel.ForEachAsync(Enumerable.Range(0, Users).Chunk(PerRequest), new ParallelOptions { MaxDegreeOfParallelism = Senders }, async (some, token) =>
        {
            var sentAt = Stopwatch.GetTimestamp();
            using var answer = await http.PostAsJsonAsync(new Uri("api/notifications", UriKind.Relative), Request(some.Select(NameOf)), token);
            if (answer.StatusCode != HttpStatusCode.Accepted)
                throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(token));
            lock (latencies)
                latencies.Add(Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds);
        });
        var (fanout, android) = (new QueueClient(storage, NotifyQueues.Fanout), new QueueClient(storage, Carrier.Android.Queue()));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        while (true)
        {
            var (elapsed, counts) = (Stopwatch.GetElapsedTime(startedAt), inbox.Counts.GetValueOrDefault("fcm"));
            depth.Add((elapsed.TotalSeconds, Users - (counts?.Taken ?? 0), await LengthAsync(fanout) + await LengthAsync(android)));
            if (counts?.Taken >= Users || elapsed > Limit)
                break;
            await timer.WaitForNextTickAsync();
        }

        await sending;
        var seconds = depth[^1].At;
        var taken = inbox.Counts["fcm"];
        if (taken is not { Taken: Users, Refused: 0, Repeated: 0 })
            throw new InvalidOperationException($"Of {Users} notifications {taken.Taken} arrived, {taken.Refused} were refused and {taken.Repeated} came twice.");
        return (seconds, depth, latencies);
    }

    private static async Task<List<double>> SinglesAsync(HttpClient http)
    {
        var latencies = new List<double>();
        await Parallel.ForAsync(0, Singles, new ParallelOptions { MaxDegreeOfParallelism = SingleSenders }, async (number, token) =>
        {
            var sentAt = Stopwatch.GetTimestamp();
            using var answer = await http.PostAsJsonAsync(new Uri("api/notifications", UriKind.Relative), Request([NameOf(number)]), token);
            answer.EnsureSuccessStatusCode();
            lock (latencies)
                latencies.Add(Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds);
        });
        return latencies;
    }

    private static async Task TakenAsync(CloudHead head, int wanted)
    {
        var startedAt = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        while (head.Providers!.Inbox.Counts["fcm"].Taken < wanted)
        {
            await timer.WaitForNextTickAsync();
            if (Stopwatch.GetElapsedTime(startedAt) > Limit)
                throw new InvalidOperationException($"Only {head.Providers.Inbox.Counts["fcm"].Taken} of {wanted} notifications arrived.");
        }
    }

    private static JsonElement Request(IEnumerable<string> recipients) => JsonSerializer.SerializeToElement(
        new { recipients, category = "bench", text = new { title = "Hello", body = "The quick brown fox jumps over the lazy dog." }, channels = Push });

    private static async Task<int> LengthAsync(QueueClient queue)
    {
        try
        {
            return (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount;
        }
        catch (Azure.RequestFailedException)
        {
            return 0;
        }
    }

    private static void Plot(List<(double At, int Left, int Queued)> depth)
    {
        foreach (var (at, left, queued) in depth.Where((_, number) => number % Math.Max(1, depth.Count / 20) == 0).Append(depth[^1]))
            Say(string.Create(CultureInfo.InvariantCulture, $"{at,6:0.0} s {left,6} {new string('#', left * 50 / Users)} ({queued} messages)"));
    }

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"user-{number}");

    private static void Say(string line) => Console.WriteLine(line);
}
