using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serverless.Tests.Limits;

namespace Serverless.Tests.EndToEnd;

/// <summary>Clients of the rooms that speak for a service, all through one address: sets in the key-value store, ids, limits, notifications. They note what was acknowledged to them.</summary>
internal sealed class DrillClients(Uri address, FailureLog failures, SetHistory history)
{
    private const int SetWriters = 4;
    private const int Sets = 12;
    private const string Recipient = "drill";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentBag<string> _ids = [];
    private readonly ConcurrentBag<string> _notifications = [];
    private int _lastElement;
    private int _checks;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Ids that were given out.</summary>
    public IReadOnlyCollection<string> Ids => _ids;

    /// <summary>Answers of the limiter.</summary>
    public int Checks => _checks;

    /// <summary>Notifications that were accepted.</summary>
    public IReadOnlyCollection<string> Notifications => _notifications;

    /// <summary>Works until <paramref name="end"/> is cancelled.</summary>
    public async Task RunAsync(string domain, CancellationToken end)
    {
        using var kv = failures.Client("kv", address, Limit);
        using var ids = failures.Client("ids", address, Limit);
        using var limits = failures.Client("limits", address, Limit);
        using var notifications = failures.Client("notifications", address, Limit);
        using var known = await notifications.PutAsJsonAsync(new Uri($"api/users/{Recipient}/addresses", UriKind.Relative), new { email = "drill@example.com" }, Cancelled);
        known.EnsureSuccessStatusCode();
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, SetWriters).Select(writer => AddAsync(new SetClient([kv], 0, history), new Random(RunSeed.Value + writer), end)),
            RepeatAsync(() => IssueAsync(ids), end),
            RepeatAsync(() => CheckAsync(limits, domain), end),
            RepeatAsync(() => NotifyAsync(notifications), end, pauses: 4),
        ]);
    }

    /// <summary>How many of the accepted notifications have no ledger.</summary>
    public async Task<int> WithoutLedgerAsync(HttpClient service)
    {
        var missing = 0;
        foreach (var id in _notifications)
        {
            using var ledger = await service.GetAsync(new Uri($"api/notifications/{id}", UriKind.Relative), Cancelled);
            missing += ledger.StatusCode == HttpStatusCode.OK ? 0 : 1;
        }

        return missing;
    }

    private Task AddAsync(SetClient client, Random random, CancellationToken end) => RepeatAsync(async () =>
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"drill-{random.Next(Sets)}");
        if (random.Next(6) == 0)
            await client.LookAsync(key);
        else
            await client.AddAsync(key, Interlocked.Increment(ref _lastElement));
    }, end);

    private async Task IssueAsync(HttpClient http)
    {
        using var answer = await http.PostAsync(new Uri("api/ids?count=20", UriKind.Relative), null, Cancelled);
        if (answer.IsSuccessStatusCode)
        {
            foreach (var id in (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("ids").EnumerateArray())
                _ids.Add(id.GetString()!);
        }
    }

    private async Task CheckAsync(HttpClient http, string domain)
    {
        using var answer = await http.CheckAsync(domain, "everybody");
        if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.TooManyRequests)
            Interlocked.Increment(ref _checks);
    }

    private async Task NotifyAsync(HttpClient http)
    {
        var body = new { recipients = new[] { Recipient }, category = "news", text = new { title = "Drill", body = "Carry on" }, channels = new[] { "inapp" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/notifications") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString("D"));
        using var answer = await http.SendAsync(request, Cancelled);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted || (int)answer.StatusCode >= 500, $"POST notifications: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancelled)}");
        if (answer.StatusCode == HttpStatusCode.Accepted)
            _notifications.Add((await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("id").GetString()!);
    }

    // What fails is in the log already.
    private static async Task RepeatAsync(Func<Task> act, CancellationToken end, int pauses = 1)
    {
        using var pause = new PeriodicTimer(Pause, TimeProvider.System);
        while (!end.IsCancellationRequested)
        {
            try
            {
                await act();
            }
            catch (Exception silent) when (silent is HttpRequestException or IOException or TaskCanceledException && !Cancelled.IsCancellationRequested)
            {
            }

            for (var i = 0; i < pauses; i++)
                await pause.WaitForNextTickAsync(Cancelled);
        }
    }
}
