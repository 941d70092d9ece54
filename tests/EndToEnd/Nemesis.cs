using System.Collections.Concurrent;
using System.Globalization;

namespace Serverless.Tests.EndToEnd;

/// <summary>
/// Kills with SIGKILL while others work: heads, which start again at once, and the storage of one region at a time, the next one only when every
/// node holds again what it acknowledged. Which ones and when, a seed decides.
/// </summary>
/// <param name="up">Supervises the storage; never killed itself.</param>
/// <param name="history">Its clock.</param>
/// <param name="seed">Decides.</param>
internal sealed class Nemesis(LocalProcess up, SetHistory history, int seed) : IAsyncDisposable
{
    /// <summary>The regions of the heads that are killed; each listens at the port that lies so many above that of "up".</summary>
    public static readonly int[] HeadRegions = [2, 3];

    private static readonly TimeSpan StorageApart = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan HealLimit = TimeSpan.FromMinutes(1);

    private readonly HeadProcess[] _heads = [.. HeadRegions.Select(region => up.LaunchHead(region, PortOf(up, region)))];
    private (string Region, ClusterState Before)? _dead;

    /// <summary>What it did and when, for the reader.</summary>
    public ConcurrentQueue<string> Deeds { get; } = new();

    public int StorageKills { get; private set; }

    public int HeadKills { get; private set; }

    public static int PortOf(LocalProcess up, int region) => up.Address.Port + region - 1;

    public Task ReadyAsync() => Task.WhenAll(_heads.Select(head => head.ReadyAsync()));

    /// <summary>Kills until <paramref name="end"/>, storage only until <paramref name="lastStorage"/>, so that its return is seen in time.</summary>
    public Task RunAsync(TimeSpan lastStorage, TimeSpan end) => Task.WhenAll(
        EveryTickAsync(end, KillHeads(new Random(seed))),
        EveryTickAsync(lastStorage, KillStorage(new Random(seed + 1))));

    /// <summary>Returns when every node holds again what it acknowledged.</summary>
    public Task HealedAsync() => Eventually.HoldsAsync(IsHealedAsync, "every node votes again", HealLimit);

    public async ValueTask DisposeAsync()
    {
        foreach (var head in _heads)
            await head.DisposeAsync();
    }

    // About every 7 s one of them, which is replaced at once.
    private Func<Task> KillHeads(Random random)
    {
        var next = history.Now + Seconds(random, 3, 6);
        return async () =>
        {
            Assert.All(_heads, head => Assert.False(head.HasEnded, $"A head ended by itself: {string.Join('\n', head.Lines)}"));
            if (history.Now < next)
                return;
            next = history.Now + Seconds(random, 5, 9);
            var place = random.Next(_heads.Length);
            Note($"head of region {HeadRegions[place]}");
            await _heads[place].KillAsync();
            await _heads[place].DisposeAsync();
            _heads[place] = up.LaunchHead(HeadRegions[place], PortOf(up, HeadRegions[place]));
            HeadKills++;
        };
    }

    // Each region in turn, in random order: with the third, what no refill brought back is gone from all.
    private Func<Task> KillStorage(Random random)
    {
        int[] order = [.. Enumerable.Range(1, LocalProcess.Regions)];
        random.Shuffle(order);
        var next = history.Now + Seconds(random, 2, 6);
        return async () =>
        {
            if (history.Now < next || !await IsHealedAsync())
                return;
            var region = order[StorageKills % order.Length];
            _dead = ($"local-{region}", await ClusterState.ReadAsync(up.Service));
            Note($"storage of region {region}");
            await up.KillStorageAsync(region);
            next = history.Now + StorageApart + Seconds(random, 0, 2);
            StorageKills++;
        };
    }

    // A view may be 30 s old: that all vote means something only when it shows the last dead region reborn.
    private async Task<bool> IsHealedAsync()
    {
        try
        {
            var now = await ClusterState.ReadAsync(up.Service);
            return now.AllVote && (_dead is not var (region, before) || now.IsReborn(region, before));
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task EveryTickAsync(TimeSpan end, Func<Task> act)
    {
        using var timer = new PeriodicTimer(Tick, TimeProvider.System);
        while (history.Now < end)
        {
            await act();
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private void Note(string deed) => Deeds.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{history.Now.TotalSeconds:0.00} s: SIGKILL for the {deed}"));

    private static TimeSpan Seconds(Random random, int least, int most) => TimeSpan.FromMilliseconds(random.Next(1_000 * least, 1_000 * most));
}
