using Serverless.Replication;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Replication.Scenarios;

/// <summary>
/// Plays a scenario on strict in-memory nodes in simulated time, so that nothing sleeps and minutes cost nothing, and in several
/// orders of whatever runs at once.
/// </summary>
internal sealed class Scenario
{
    private const int Orders = 5;

    // A breaker that is still open lets one call a second through, so the first run of a job may end early.
    private const int Runs = 3;

    private readonly Simulator _simulator;
    private int _coordinators;

    private Scenario(int order, int regions, int nodesPerRegion, int partitions)
    {
        _simulator = new Simulator(order);
        Cluster = new MemoryCluster(regions, nodesPerRegion, _simulator.Time, partitions);
    }

    public MemoryCluster Cluster { get; }

    public static void Play(Func<Scenario, Task> play, int regions = 3, int nodesPerRegion = 2, int partitions = 4)
    {
        for (var order = 0; order < Orders; order++)
        {
            var scenario = new Scenario(order, regions, nodesPerRegion, partitions);
            scenario._simulator.Run(() => play(scenario));
        }
    }

    /// <summary>One more instance in the region of a node, or in the region itself.</summary>
    public ReplicatedStore Near(string nodeOrRegion, Func<ulong>? newEpoch = null) => Cluster.Coordinator(nodeOrRegion[..2], ++_coordinators, newEpoch);

    public Task PassAsync(TimeSpan time) => _simulator.Delay(time);

    /// <summary>Calls on these nodes fail from now on; on all others they succeed.</summary>
    public void OnlyDown(params IEnumerable<string> nodes)
    {
        foreach (var (node, fault) in Cluster.Faults)
            fault.Fault = nodes.Contains(node) ? Fault.Down : Fault.None;
    }

    /// <summary>The hints that a node keeps.</summary>
    public IEnumerable<Row> Hints(string node) =>
        Cluster.Memory[node].All().Where(row => row.Partition.StartsWith("hints.", StringComparison.Ordinal)).Select(row => row.Row);

    /// <summary>What the nodes that keep hints are.</summary>
    public IEnumerable<string> StandIns => Cluster.Memory.Keys.Where(node => Hints(node).Any());

    /// <summary>What one node alone holds of a key, as an owner.</summary>
    public IReadOnlyList<string> Held(string node, string key) =>
    [
        .. Cluster.Memory[node].Data().Where(row => row.Row.Name == MemoryCluster.Key(key).Row)
            .SelectMany(row => MemoryCluster.Values(ReplicaRowCodec.Decode(row.Row.Data).Set)),
    ];

    /// <summary>The hand-over timer in every region, with time in between.</summary>
    public Task HandOverAsync() => EverywhereAsync(jobs => jobs.HandOverAsync());

    /// <summary>The refill timer in every region.</summary>
    public Task RefillAsync() => EverywhereAsync(jobs => jobs.RefillAsync());

    /// <summary>The timer of changes of membership in every region, with time in between.</summary>
    public async Task MoveAsync(int runs)
    {
        for (var run = 0; run < runs; run++)
        {
            foreach (var region in Regions().ToList())
                await Cluster.Jobs(region).MoveAsync();
            await PassAsync(TimeSpan.FromSeconds(15));
        }
    }

    /// <summary>That timer until a move is as a test wants it.</summary>
    public async Task MoveUntilAsync(Func<ClusterMove?, bool> isSo)
    {
        const int MostRuns = 40;
        for (var run = 0; run < MostRuns && !isSo(Cluster.Document.Move); run++)
            await MoveAsync(runs: 1);
        Assert.True(isSo(Cluster.Document.Move), $"The move is {Cluster.Document.Move}");
    }

    /// <summary>The timer of reaping in every region; how many keys were forgotten.</summary>
    public async Task<int> ReapAsync()
    {
        var reaped = 0;
        foreach (var region in Regions())
            reaped += await Cluster.Jobs(region).ReapAsync();
        return reaped;
    }

    /// <summary>The anti-entropy timer in every region, once what was written has settled; what the runs did together.</summary>
    public async Task<SweepReport> SweepAsync()
    {
        await PassAsync(PartitionRepair.Unsettled + TimeSpan.FromSeconds(2));
        var all = SweepReport.Empty;
        foreach (var region in Regions())
        {
            var one = await Cluster.Jobs(region).SweepAsync();
            all = new SweepReport(all.Partitions + one.Partitions, all.Complete + one.Complete, all.Differences + one.Differences, all.Rebuilt + one.Rebuilt);
        }

        return all;
    }

    /// <summary>Each partition compared on all owners: nothing differs any more, and the nodes hold the same, read from their rows.</summary>
    public async Task AllIsOneAsync()
    {
        Assert.Equal(new SweepReport(Cluster.Document.Partitions, Cluster.Document.Partitions, 0, 0), await SweepAsync());
        Assert.Empty(StoredState.Broken(Cluster.Document, node => Cluster.Memory[node].All()));
    }

    private async Task EverywhereAsync(Func<TimerJobs, Task> job)
    {
        for (var run = 0; run < Runs; run++)
        {
            foreach (var region in Regions())
                await job(Cluster.Jobs(region));
            await PassAsync(TimeSpan.FromSeconds(15));
        }
    }

    private IEnumerable<string> Regions() => Cluster.Document.Nodes.Select(node => node.Region).Distinct();
}
