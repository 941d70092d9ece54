using Serverless.Tests.Local;

namespace Serverless.Tests.EndToEnd;

[Collection(nameof(AloneOnTheMachine))]
public sealed class OneRegionDies : IDisposable
{
    private const int Keys = 1_000;
    private const int Overwritten = 100;
    private const int SteadyWriters = 4;
    private const int MostSteadyWrites = 1_000;
    private const int MostRefusedShare = 20;
    private static readonly TimeSpan SteadyPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BackLimit = TimeSpan.FromMinutes(1);

    private readonly CloudFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_SIGKILL_of_one_storage_nothing_is_lost_and_it_comes_back_refilled_so_that_another_may_die()
    {
        int[] regions = [.. Enumerable.Range(1, LocalProcess.Regions)];
        new Random(RunSeed.Value).Shuffle(regions);
        Print($"{RunSeed.Text}: region {regions[0]} dies, after its return region {regions[1]}");
        await using var local = await LocalProcess.StartAsync(_folder.Path, LocalProcess.FreePort());
        var clients = new KvClients(local.Service);
        var entries = KvEntry.Many("before", Keys);
        await clients.WriteAllAsync(entries);
        var before = await ClusterState.ReadAsync(local.Service);
        Assert.True(before.AllVote);

        var killed = TimeProvider.System.GetTimestamp();
        await local.KillStorageAsync(regions[0]);
        var back = RefilledAsync(local, regions[0], before);
        var writing = WriteSteadilyAsync(clients, "meanwhile", back);
        await clients.ReadAllBackAsync(entries);
        var read = TimeProvider.System.GetElapsedTime(killed);
        await clients.WriteAllAsync(entries.Take(Overwritten).Select(entry => entry.Changed()));
        await back;
        var returned = TimeProvider.System.GetElapsedTime(killed);
        var written = await writing;
        Print($"{Keys} keys read within {read.TotalSeconds:0.0} s of the kill; {written.Writes.Count} more written meanwhile, the slowest in " +
            $"{written.Slowest.TotalMilliseconds:0} ms, {written.Refused} refused; refilled {returned.TotalSeconds:0.0} s after the kill");
        Assert.InRange(written.Refused, 0, written.Writes.Count / MostRefusedShare);

        // Before anything is read: a read would repair what the refill had left out.
        Assert.Empty(await clients.HeldUnevenlyAsync(entries));
        List<KvEntry> all = [.. entries.Take(Overwritten).Select(entry => entry.Changed()), .. entries.Skip(Overwritten), .. written.Writes];
        await clients.ReadAllBackAsync(all);
        await local.KillStorageAsync(regions[1]);
        await clients.ReadAllBackAsync(all, "?r=2");
        Print($"{all.Count} keys read with r=2 after region {regions[1]} died too; {clients.Refusals} answers 503 were tried again");
    }

    public void Dispose() => _folder.Dispose();

    private static string Name(int region) => $"local-{region}";

    private static void Print(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    // Until every node votes, those of the region as new incarnations and all others as the ones they were.
    private static async Task RefilledAsync(LocalProcess local, int region, ClusterState before)
    {
        await local.SaysAsync($"{Name(region)} is back as a new incarnation", BackLimit);
        await Eventually.HoldsAsync(
            async () => (await ClusterState.ReadAsync(local.Service)).AllVote, "every node votes", BackLimit);
        foreach (var (id, node) in (await ClusterState.ReadAsync(local.Service)).Nodes)
            Assert.True(node.Region == Name(region) == (node.Incarnation != before.Nodes[id].Incarnation), $"{id} was {before.Nodes[id]} and is {node}");
    }

    private static async Task<(List<KvEntry> Writes, TimeSpan Slowest, int Refused)> WriteSteadilyAsync(KvClients clients, string group, Task until)
    {
        var writers = await Task.WhenAll(Enumerable.Range(0, SteadyWriters).Select(async writer =>
        {
            var (written, slowest, refused) = (new List<KvEntry>(), TimeSpan.Zero, 0);
            using var pause = new PeriodicTimer(SteadyPause, TimeProvider.System);
            while (!until.IsCompleted && written.Count + refused < MostSteadyWrites / SteadyWriters)
            {
                var entry = KvEntry.Of($"{group}-{writer}", written.Count + refused);
                var started = TimeProvider.System.GetTimestamp();
                var acknowledged = await clients.TryWriteAsync(entry);
                var took = TimeProvider.System.GetElapsedTime(started);
                slowest = took > slowest ? took : slowest;
                if (acknowledged)
                    written.Add(entry);
                else
                    refused++;
                await pause.WaitForNextTickAsync(Cancelled);
            }

            return (written, slowest, refused);
        }));
        return ([.. writers.SelectMany(w => w.written)], writers.Max(w => w.slowest), writers.Sum(w => w.refused));
    }
}
