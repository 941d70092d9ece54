using System.Globalization;
using Serverless.Bench.Ring;
using Serverless.Ring;

namespace Serverless.Bench;

/// <summary><c>bench ring</c>: the ring beside what one would use instead, then its promises.</summary>
internal static class RingBench
{
    private const int Keys = 1_000_000;
    private static readonly string[] Ten = [.. Enumerable.Range(0, 10).Select(i => $"node-{i}")];
    private static readonly ulong[] Hashes = [.. Enumerable.Range(0, Keys).Select(i => KeyHash.Of($"key-{i}"))];

    public static Task<int> RunAsync(string[] args)
    {
        Compare();
        var ratios = new Ratios();
        Lookup(ratios);
        Place(ratios);
        Balance(ratios);
        Movement(ratios);
        return Task.FromResult(ratios.ExitCode);
    }

    private static void Compare()
    {
        Console.WriteLine("| 10 nodes, 1M keys | max / mean | moved on join | moved on leave | lookup ns |");
        Console.WriteLine("|---|---|---|---|---|");
        Row("hash mod N", ids => new HashModN(ids));
        Row("plain ring, 1 point a node", ids => new PlainRing(ids, 1));
        Row("plain ring, 200 points a node", ids => new PlainRing(ids, 200));
        Row("plain ring, 1000 points a node", ids => new PlainRing(ids, 1000));
        Row("rendezvous", ids => new Rendezvous(ids));
        Row("jump (leave: any node but the last)", ids => new JumpHash(ids));
        Row("this ring, 256 partitions", ids => new OurRing(ids, 256));
        Row("this ring, 1024 partitions", ids => new OurRing(ids, 1024));
        Row("this ring, 10,000 partitions", ids => new OurRing(ids, 10_000));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| least possible | 1 | {100.0 / 11:0.0}% | {100.0 / 10:0.0}% | |"));
        Console.WriteLine();
    }

    private static void Row(string name, Func<string[], IPicker> build)
    {
        var picker = build(Ten);
        var before = Array.ConvertAll(Hashes, hash => Ten[picker.Pick(hash)]);
        var busiest = before.CountBy(id => id).Max(node => node.Value);
        var nanoseconds = Measure.Milliseconds(() => PickAll(picker)) * 1e6 / Keys;
        var joined = Moved(before, build, [.. Ten, "node-10"]);
        var left = Moved(before, build, Ten[1..]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {busiest / (Keys / 10.0):0.00} | {joined:0.0%} | {left:0.0%} | {nanoseconds:0} |"));
    }

    private static double Moved(string[] before, Func<string[], IPicker> build, string[] ids)
    {
        var picker = build(ids);
        return Enumerable.Range(0, Keys).Count(i => ids[picker.Pick(Hashes[i])] != before[i]) / (double)Keys;
    }

    private static int PickAll(IPicker picker)
    {
        var sum = 0;
        foreach (var hash in Hashes)
            sum += picker.Pick(hash);
        return sum;
    }

    // From a key's hash to its owners, over keys in no order, so that the ring lies in cache only as far as it would.
    private static void Lookup(Ratios ratios)
    {
        var ring = HashRing.Create(Cluster("lookup", 100, 5), partitions: 10_000);
        void LookUpAll()
        {
            var sum = 0;
            foreach (var hash in Hashes)
                sum += ring.Owners(KeyHash.PartitionOf(hash, ring.Partitions))[0].Weight;
            GC.KeepAlive(sum == 0 ? ring : null);
        }

        ratios.AtMost("ring.lookup.ns", Measure.Milliseconds(LookUpAll) * 1e6 / Keys, 50);
        ratios.AtMost("ring.lookup.bytes", Measure.Bytes(LookUpAll), 0);
    }

    private static void Place(Ratios ratios)
    {
        var nodes = Cluster("place", 100, 5);
        ratios.AtMost("ring.place.ms", Measure.Milliseconds(() => HashRing.Create(nodes, partitions: 10_000)), 100);
    }

    // The worst of many clusters: one would be luck.
    private static void Balance(Ratios ratios)
    {
        foreach (var partitions in new[] { 256, 1024 })
        {
            var worst = 0.0;
            var sum = 0.0;
            const int Clusters = 200;
            for (var cluster = 0; cluster < Clusters; cluster++)
            {
                var ring = HashRing.Create(Cluster($"c{cluster}", 10, cluster % 2 == 0 ? 1 : 5), partitions);
                var owned = Placement.Owned(ring);
                var balance = owned.Values.Max() / owned.Values.Average();
                worst = Math.Max(worst, balance);
                sum += balance;
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Clusters} clusters of 10 nodes, {partitions} partitions, 3 copies: max / mean {sum / Clusters:0.000}, at worst {worst:0.000}"));
            if (partitions == 1024)
                ratios.AtMost("ring.balance", worst, 1.10);
        }
    }

    // Copies moved by a join, over the least that gives the joiner its fair share.
    private static void Movement(Ratios ratios)
    {
        var worst = 0.0;
        for (var cluster = 0; cluster < 20; cluster++)
        {
            var ring = HashRing.Create(Cluster($"c{cluster}", 10, 1), partitions: 1024);
            var moved = Placement.Moved(ring, ring.Join(new RingNode("joiner", "region-0")));
            worst = Math.Max(worst, moved / (1024 * 3 / 11.0));
        }

        ratios.AtMost("ring.join.moved", worst, 1.20);
    }

    private static RingNode[] Cluster(string name, int nodes, int regions) =>
        [.. Enumerable.Range(0, nodes).Select(i => new RingNode($"{name}-{i}", $"region-{i % regions}"))];
}
