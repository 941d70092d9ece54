using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Serverless.Replication;
using Serverless.Tests.Replication;

namespace Serverless.Bench.Repair;

/// <summary>
/// What anti-entropy costs: rows read and written at the seam by one whole run, over the keys that differed. Three copies on six nodes
/// in three regions, the strict in-memory tables: counts do not depend on the machine.
/// </summary>
internal static class RepairBench
{
    private const int Differences = 100;
    private static readonly string[] Regions = ["one", "two", "three"];
    private static readonly string[] Nodes = ["a", "b"];

    public static async Task<int> RunAsync(string[] args)
    {
        var small = await MeasureAsync(10_000);
        var large = await MeasureAsync(100_000);
        var ratios = new Ratios();
        ratios.AtMost("repair.rows.per.difference", large, 60);
        ratios.AtMost("repair.rows.per.difference.at.10k.keys", small, 60);
        ratios.AtMost("repair.rows.growth.10k.to.100k.keys", large / small, 1.5);
        Console.WriteLine("""
            What it is made of: for every partition the log and the tree of each owner (one row each while they agree) and the record of
            the run; for every difference a leaf and the row on each owner, and the write where it lacks. One partition a run is
            checked against all of its rows: the only part that grows with the data.
            """);
        return ratios.ExitCode;
    }

    private static async Task<double> MeasureAsync(int keys)
    {
        var cluster = new CountedCluster();
        await cluster.FillAsync(keys);
        await cluster.RunAsync();
        await cluster.DivergeAsync(keys, Differences);

        cluster.Traffic.Clear();
        var report = await cluster.RunAsync();
        var (read, written) = (cluster.Traffic.Read, cluster.Traffic.Written);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{keys,7} keys: {report.Partitions} partitions compared, {report.Differences} keys differed; {read} rows read and {written} written in {cluster.Traffic.Calls} calls"));

        cluster.Traffic.Clear();
        var again = await cluster.RunAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"              once more: {again.Differences} keys differed; {cluster.Traffic.Read} rows read and {cluster.Traffic.Written} written"));
        return report.Differences == Differences && again.Differences == 0 ? (read + written) / (double)Differences : double.NaN;
    }

    private sealed class CountedCluster
    {
        private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(50));
        private readonly Random _random = new(1);
        private readonly IOptions<ReplicationOptions> _options = Options.Create(new ReplicationOptions());
        private readonly ClusterViews _views;
        private readonly CommitLog _log;

        public CountedCluster()
        {
            var members = Regions.SelectMany(region => Nodes.Select(node =>
                new ClusterMember($"{region}-{node}", region, 100, SecureRandom.Next64(_random), $"{region}{node}", MemberState.Member))).ToList();
            var document = new ClusterDocument(1, 1, _options.Value.Partitions, 3, members);
            var tables = members.ToDictionary(member => member.Id, _ => new MemoryReplica());
            _views = new ClusterViews(
                _ => Task.FromResult<ClusterDocument?>(document), member => new CountingReplica(tables[member.Id], Traffic), Regions[0], _options.Value, _clock);
            _log = new CommitLog(_clock, _random);
        }

        public Traffic Traffic { get; } = new();

        /// <summary>Every owner holds the same.</summary>
        public async Task FillAsync(int keys)
        {
            var view = await ViewAsync();
            for (var number = 0; number < keys; number++)
            {
                var key = Key(number);
                var dot = new Dot(new Actor(view.Owners(key)[0].Incarnation, SecureRandom.Next64(_random)), 1);
                var set = VersionSet.Empty.Write(Intent().At(dot), CausalContext.Empty);
                var held = await Task.WhenAll(RowLane.OfOwners(view, key, view.Owners(key), _log).Select(lane => lane.MergeAsync(set, CancellationToken.None)));
                if (!Array.TrueForAll(held, h => h))
                    throw new InvalidOperationException("A healthy node did not take a row.");
            }
        }

        /// <summary>One owner knows a write that the others do not.</summary>
        public async Task DivergeAsync(int keys, int count)
        {
            var view = await ViewAsync();
            for (var i = 0; i < count; i++)
            {
                var key = Key(i * (keys / count));
                var lane = RowLane.OfOwners(view, key, [view.Owners(key)[i % 3]], _log)[0];
                if (!await lane.MintAsync(Intent(), null, 32, () => SecureRandom.Next64(_random), CancellationToken.None))
                    throw new InvalidOperationException("A healthy node did not take a write.");
            }
        }

        /// <summary>One run of the timer, when nothing is on its way any more.</summary>
        public async Task<SweepReport> RunAsync()
        {
            _clock.Advance(TimeSpan.FromMinutes(5));
            var gossip = new HealthGossip(_views, _random, _clock);
            var duties = new StampDuties(_views, gossip, _clock);
            return await new AntiEntropy(_views, duties, _log, new Ballots(_clock, _random), _options, _clock, NullLogger<AntiEntropy>.Instance).RunAsync(CancellationToken.None);
        }

        private async Task<ClusterView> ViewAsync() => await _views.GetAsync(CancellationToken.None) ?? throw new InvalidOperationException("There is no view.");

        private WriteIntent Intent() => new(SecureRandom.Next64(_random), CausalContext.Empty, "", new byte[64], _clock.GetUtcNow());

        private static ReplicaKey Key(int number) => new("kv", string.Create(CultureInfo.InvariantCulture, $"key-{number:d7}"));
    }
}
