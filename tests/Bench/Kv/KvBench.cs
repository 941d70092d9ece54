using System.Diagnostics;
using System.Globalization;
using Serverless.Replication;

namespace Serverless.Bench.Kv;

/// <summary>
/// The key-value store beside a floor written by hand on the same nodes. 256-byte values; four coordinators take turns, so that
/// nobody's memory flatters: a key is always read, and written again, by another coordinator than the one that wrote it.
/// </summary>
internal static class KvBench
{
    private const int RoundsMeasured = 15;
    private const int KeysPerRound = 60;
    private const int Writers = 32;
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1.5);

    private static readonly byte[] Value = new byte[256];
    private static int _keys;

    public static async Task<int> RunAsync(string[] args)
    {
        new Random(1).NextBytes(Value);
        await using var rig = await KvRig.StartAsync(coordinators: 4);
        var rounds = new Rounds();
        for (var round = -1; round < RoundsMeasured; round++)
        {
            if (round == 0)
                rounds.Clear();
            await RoundAsync(rig, rounds, $"floor{round + 1}");
            rounds.Next();
        }

        rounds.Print();
        var throughput = await ThroughputAsync(rig);
        await HttpCost.PrintAsync();

        var ratios = new Ratios();
        ratios.AtMost("kv.get.p50.vs.floor", rounds.Ratio("kv get", "floor get"), 1.4);
        ratios.AtMost("kv.put.new.p50.vs.floor", rounds.Ratio("kv put new", "floor put new"), 1.8);
        ratios.AtMost("kv.put.again.p50.vs.floor", rounds.Ratio("kv put again", "floor put again"), 2.4);
        ratios.AtLeast("kv.put.new.throughput.vs.floor", throughput, 0.6);
        Console.WriteLine("""
            What bounds them: a new key is one round of three inserts, as the floor's. A key that another instance wrote costs three
            calls one after the other (read, swap on the coordinating owner, swap on the next), which is what lets no write be lost;
            the floor replaces blindly in one. All processes share this machine's cores, so calls sent at once still queue.
            """);
        return ratios.ExitCode;
    }

    private static async Task RoundAsync(KvRig rig, Rounds rounds, string table)
    {
        var keys = Enumerable.Range(0, KeysPerRound).Select(_ => NextKey()).ToList();
        var seen = new CausalContext[keys.Count];
        var floor = await KvFloor.CreateAsync(rig, ReplicaRowCodec.Encode(new ReplicaRow(1, Sample())), table);
        for (var i = 0; i < keys.Count; i++)
        {
            var (key, at) = (keys[i], i);
            await rounds.TimeAsync("floor put new", () => floor.InsertAsync(key));
            await rounds.TimeAsync("kv put new", async () => seen[at] = await PutAsync(Coordinator(rig, at), key, CausalContext.Empty));
        }

        for (var i = 0; i < keys.Count; i++)
        {
            var (key, at) = (keys[i], i);
            await rounds.TimeAsync("one raw read", () => floor.ReadOneAsync(key));
            await rounds.TimeAsync("floor get", () => floor.ReadAsync(key));
            await rounds.TimeAsync("kv get", () => GetAsync(Coordinator(rig, at + 1), key));
        }

        for (var i = 0; i < keys.Count; i++)
        {
            var (key, at) = (keys[i], i);
            await rounds.TimeAsync("floor put again", () => floor.ReplaceAsync(key));
            await rounds.TimeAsync("kv put again", async () => seen[at] = await PutAsync(Coordinator(rig, at + 2), key, seen[at]));
        }

        for (var i = 0; i < keys.Count; i++)
        {
            var (key, at) = (keys[i], i);
            await rounds.TimeAsync("kv put remembered", () => PutAsync(Coordinator(rig, at + 2), key, seen[at]));
        }
    }

    // Bursts of the two take turns; the median of their ratios counts.
    private static async Task<double> ThroughputAsync(KvRig rig)
    {
        var floor = await KvFloor.CreateAsync(rig, ReplicaRowCodec.Encode(new ReplicaRow(1, Sample())), "floorburst");
        var ratios = new List<double>();
        for (var burst = 0; burst < 5; burst++)
        {
            var below = await PerSecondAsync((key, _) => floor.InsertAsync(key));
            var ours = await PerSecondAsync((key, writer) => PutAsync(Coordinator(rig, writer), key, CausalContext.Empty));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Writers} writers      floor {below,6:0}/s   kv {ours,6:0}/s"));
            ratios.Add(ours / below);
        }

        return Rounds.Quantile(ratios, 0.5);
    }

    private static async Task<double> PerSecondAsync(Func<ReplicaKey, int, Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            while (Stopwatch.GetElapsedTime(start) < Burst)
            {
                await work(NextKey(), writer);
                Interlocked.Increment(ref done);
            }
        }));
        return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static ReplicatedStore Coordinator(KvRig rig, int turn) => rig.Coordinators[turn % rig.Coordinators.Count];

    private static ReplicaKey NextKey() => new("kv", string.Create(CultureInfo.InvariantCulture, $"key-{Interlocked.Increment(ref _keys):d8}"));

    private static VersionSet Sample() => VersionSet.Empty.Write(
        new Replication.Version(new Dot(new Actor(1, 1), 1), 1, DateTimeOffset.UnixEpoch, "", Value.Length, Value), CausalContext.Empty);

    private static async Task<CausalContext> PutAsync(ReplicatedStore store, ReplicaKey key, CausalContext seen) =>
        await store.WriteAsync(key, new WriteIntent(store.NewNonce(), seen, "", Value, DateTimeOffset.UnixEpoch), QuorumRules.Default, CancellationToken.None) is WriteResult.Written written
            ? written.Context
            : throw new InvalidOperationException("A write failed without any fault.");

    private static async Task GetAsync(ReplicatedStore store, ReplicaKey key)
    {
        if (await store.ReadAsync(key, QuorumRules.Default, CancellationToken.None) is not ReadResult.Read { Set.Versions: [{ Length: 256 }] })
            throw new InvalidOperationException("A read did not show the one value written.");
    }
}
