using System.Globalization;
using Serverless.Tests.Local;

namespace Serverless.Tests.EndToEnd;

[Collection(nameof(AloneOnTheMachine))]
public sealed class SetSurvivesChaos : IDisposable
{
    private const int Clients = 16;

    // In use at a time. After a while others take their place, and nobody touches these until the end: no write or read repairs what a refill left out.
    private const int Sets = 8;
    private const int ReadsOneIn = 8;
    private const int MostShown = 20;
    private static readonly TimeSpan Work = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan InUse = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LastStorageKill = TimeSpan.FromSeconds(48);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan FinalLimit = TimeSpan.FromSeconds(20);

    private readonly CloudFolder _folder = new();
    private int _lastElement;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_storage_and_heads_are_killed_no_acknowledged_number_is_lost_or_missed_by_a_later_read()
    {
        Print(RunSeed.Text);
        await using var up = await LocalProcess.StartAsync(_folder.Path, LocalProcess.FreePort());
        var history = new SetHistory(TimeProvider.System);
        await using var nemesis = new Nemesis(up, history, RunSeed.Value);
        await nemesis.ReadyAsync();
        var final = await ChaosAsync(up, nemesis, history);

        var judged = SetFull.Of(history.Adds, history.Reads, final);
        Print($"{RunSeed.Text}: {judged}; {nemesis.StorageKills} storage and {nemesis.HeadKills} head processes killed, {history.Reads.Count} reads noted");
        foreach (var add in judged.Stale.Take(MostShown))
            Print($"stale: {add}");
        foreach (var add in judged.Lost.Take(MostShown))
            Print($"lost: {add}, {await up.Service.GetStringAsync(new Uri($"api/kv/{add.Key}/placement", UriKind.Relative), Cancelled)}");
        Assert.Empty(judged.Lost);
        Assert.Empty(judged.Stale);
        Assert.Empty(judged.Unattempted);
        Assert.NotEqual(0, judged.Acknowledged);
        Assert.NotEqual(0, nemesis.StorageKills);
        Assert.NotEqual(0, nemesis.HeadKills);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<Dictionary<string, IReadOnlySet<int>>> ChaosAsync(LocalProcess up, Nemesis nemesis, SetHistory history)
    {
        using var two = Service(up, Nemesis.HeadRegions[0]);
        using var three = Service(up, Nemesis.HeadRegions[1]);
        var begun = history.Now;
        try
        {
            var working = Enumerable.Range(0, Clients)
                .Select(client => WorkAsync(new SetClient([two, three], client % 2, history), history, client, begun));
            await Task.WhenAll([nemesis.RunAsync(begun + LastStorageKill, begun + Work), .. working]);
            await nemesis.HealedAsync();
            return await FinalAsync([up.Service, two, three], history);
        }
        finally
        {
            foreach (var deed in nemesis.Deeds)
                Print(deed);
        }
    }

    private static void Print(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    private static string Set(TimeSpan worked, int number) => string.Create(CultureInfo.InvariantCulture, $"set-{(int)(worked / InUse)}-{number}");

    private static HttpClient Service(LocalProcess up, int region)
    {
        var service = SharedCloud.AsService(new Uri($"http://127.0.0.1:{Nemesis.PortOf(up, region)}"));
        service.Timeout = AnswerLimit;
        return service;
    }

    private async Task WorkAsync(SetClient client, SetHistory history, int number, TimeSpan begun)
    {
        var random = new Random(RunSeed.Value + 100 + number);
        using var pause = new PeriodicTimer(Pause, TimeProvider.System);
        while (history.Now - begun is var worked && worked < Work)
        {
            var key = Set(worked, random.Next(Sets));
            if (random.Next(ReadsOneIn) == 0)
                await client.LookAsync(key);
            else
                await client.AddAsync(key, Interlocked.Increment(ref _lastElement));
            await pause.WaitForNextTickAsync(Cancelled);
        }
    }

    // First as any client reads, from one region or another, for the judge to compare; then what any owner holds.
    private static async Task<Dictionary<string, IReadOnlySet<int>>> FinalAsync(HttpClient[] heads, SetHistory history)
    {
        var final = new Dictionary<string, IReadOnlySet<int>>();
        foreach (var key in history.Adds.Select(add => add.Key).Distinct())
        {
            var client = new SetClient(heads, final.Count % heads.Length, history);
            await Eventually.HoldsAsync(async () => await client.LookAsync(key) is not null, $"{key} can be read", FinalLimit);
            IReadOnlySet<int>? seen = null;
            await Eventually.HoldsAsync(
                async () => (seen = await client.LookAsync(key, "?r=3")) is not null, $"{key} can be read from every owner", FinalLimit);
            final[key] = seen!;
        }

        return final;
    }
}
