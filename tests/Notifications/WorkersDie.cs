using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serverless.Tests.EndToEnd;
using Serverless.Tests.Local;

namespace Serverless.Tests.Notifications;

/// <summary>Real processes: the workers of a region are killed again and again while they send.</summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class WorkersDie : IDisposable
{
    private const int Users = 500;
    private const int PerUser = 4;
    private const int Kills = 4;

    private static readonly string[] Push = ["push"];
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(2);

    private readonly CloudFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_and_what_came_twice_is_marked()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGKILL.");
        var (random, port) = (new Random(RunSeed.Value), LocalProcess.FreePort());
        TestContext.Current.TestOutputHelper?.WriteLine(RunSeed.Text);
        await using var up = await LocalProcess.StartAsync(_folder.Path, port);
        var users = Enumerable.Range(0, Users).Select(number => string.Create(CultureInfo.InvariantCulture, $"user-{number}")).ToList();
        await Parallel.ForEachAsync(users, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancelled }, async (user, token) =>
            (await up.Service.PutAsJsonAsync(Address($"users/{user}/devices/d"), new { platform = "android", token = $"token-{user}", app = "shop" }, token)).EnsureSuccessStatusCode());

        // Another region's head: its queues are worked on by its own workers alone.
        var ids = new List<string>();
        for (var kill = 0; kill <= Kills; kill++)
        {
            await using var head = up.LaunchHead(2, port + 1);
            await head.ReadyAsync();
            while (ids.Count < PerUser)
                ids.Add(await SendAsync(head.Service, users, ids.Count));
            if (kill == Kills)
            {
                await Eventually.HoldsAsync(async () => (await Task.WhenAll(ids.Select(id => StatusAsync(up.Service, id)))).All(status => status == "done"), "every delivery has come to an end", DrainLimit);
                break;
            }

            await Task.WhenAny(WorksAsync(up, random.Next(1, 150)), Task.Delay(TimeSpan.FromSeconds(20), TimeProvider.System, Cancelled));
            await head.KillAsync();
        }

        await CheckAsync(up, ids);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<string> SendAsync(HttpClient service, List<string> recipients, int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address("notifications"))
        {
            Content = JsonContent.Create(new { recipients, category = "orders", text = new { title = "Hi", body = $"number {number}" }, channels = Push }),
        };
        request.Headers.Add("Idempotency-Key", $"kill-{number}");
        using var answer = await service.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("id").GetString()!;
    }

    // Until so many more have been taken: somewhere in a wave.
    private static async Task WorksAsync(LocalProcess up, int more)
    {
        var before = await TakenAsync(up);
        await Eventually.HoldsAsync(async () => await TakenAsync(up) >= before + more, "the workers work");
    }

    private static async Task<int> TakenAsync(LocalProcess up) => (await CountsAsync(up)) is { ValueKind: JsonValueKind.Object } fcm ? fcm.GetProperty("taken").GetInt32() : 0;

    private static async Task<JsonElement> CountsAsync(LocalProcess up)
    {
        var inbox = await up.Service.GetFromJsonAsync<JsonElement>(new Uri("inbox/messages?limit=1", UriKind.Relative), Cancelled);
        return inbox.GetProperty("counts").TryGetProperty("fcm", out var fcm) ? fcm : default;
    }

    private static async Task<string> StatusAsync(HttpClient service, string id) =>
        (await service.GetFromJsonAsync<JsonElement>(Address($"notifications/{id}?limit=1"), Cancelled)).GetProperty("status").GetString()!;

    private static async Task CheckAsync(LocalProcess up, List<string> ids)
    {
        var deliveries = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var id in ids)
        {
            var ledger = await up.Service.GetFromJsonAsync<JsonElement>(Address($"notifications/{id}?limit=1000"), Cancelled);
            foreach (var delivery in ledger.GetProperty("deliveries").EnumerateArray())
                deliveries.Add(delivery.GetProperty("id").GetString()!, delivery.Clone());
        }

        var (taken, oldest) = (new Dictionary<string, int>(StringComparer.Ordinal), long.MaxValue);
        while (true)
        {
            var page = await up.Service.GetFromJsonAsync<JsonElement>(new Uri($"inbox/messages?limit=1000&before={oldest}", UriKind.Relative), Cancelled);
            var messages = page.GetProperty("messages").EnumerateArray().ToList();
            foreach (var message in messages)
                taken[message.GetProperty("delivery").GetString()!] = taken.GetValueOrDefault(message.GetProperty("delivery").GetString()!) + 1;
            if (messages.Count == 0)
                break;
            oldest = messages[^1].GetProperty("number").GetInt64();
        }

        Assert.Equal(Users * PerUser, deliveries.Count);
        var lost = deliveries.Keys.Where(id => !taken.ContainsKey(id)).ToList();
        var doubles = taken.Where(one => one.Value > 1).ToList();
        var unmarked = doubles.Where(one => deliveries[one.Key].GetProperty("attempts").EnumerateArray().Count(attempt => attempt.GetProperty("outcome").GetString() == "unknown") < one.Value - 1).ToList();
        var inDoubt = deliveries.Values.Count(delivery => delivery.GetProperty("attempts").EnumerateArray().Any(attempt => attempt.GetProperty("outcome").GetString() == "unknown"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{deliveries.Count} notifications, {Kills} kills, lost {lost.Count}, came twice {doubles.Count}, marked unknown {inDoubt}, twice without a mark {unmarked.Count}");
        Assert.Empty(lost);
        Assert.Empty(unmarked);
        Assert.All(deliveries.Values, delivery => Assert.Equal("delivered", delivery.GetProperty("status").GetString()));
        Assert.InRange(inDoubt, 1, Users);
    }

    private static Uri Address(string path) => new($"api/{path}", UriKind.Relative);
}
