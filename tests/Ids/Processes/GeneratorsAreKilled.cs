using System.Globalization;
using System.Numerics;
using Serverless.Bench.Ids;
using Serverless.Ids;
using Serverless.Local.Cloud;
using Serverless.Tests.EndToEnd;
using Serverless.Tests.Local;

namespace Serverless.Tests.Ids;

[Collection(nameof(AloneOnTheMachine))]
public sealed class GeneratorsAreKilled : IDisposable
{
    private const int Generators = 8;
    private const int Kills = 48;
    private const long LeastIds = 100_000_000;
    private static readonly LocalCloudOptions OneStorage = new() { Port = 0, InMemory = true, Regions = 1, NodesPerRegion = 3 };
    private static readonly TimeSpan Work = TimeSpan.FromSeconds(30);

    // On a busy machine there is more time for ids and kills.
    private static readonly TimeSpan MostWork = TimeSpan.FromSeconds(75);

    // The least that can be set, and what is longer than it.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Sleep = TimeSpan.FromSeconds(4);

    private readonly CloudFolder _folder = new();

    [Fact]
    public async Task While_eight_processes_are_killed_and_replaced_at_random_no_id_is_issued_twice()
    {
        Print(RunSeed.Text);
        await using var cloud = await LocalCloud.StartAsync(OneStorage, null, TestContext.Current.CancellationToken);
        var settings = Settings(cloud.Addresses);
        var (file, first) = (Path.Combine(_folder.Path, "ids"), First());
        using var marked = new MarkedIds(file, first);
        using var nemesis = new GeneratorNemesis(
            Generators, n => GeneratorProcess.Start(settings, file, first, n * GeneratorProcess.Lanes), n => IsAtWork(marked, n), RunSeed.Value);

        await nemesis.RunAsync(Kills, Work, Sleep, worked => worked < MostWork && (marked.Issued < LeastIds || nemesis.Kills < Kills));

        var (issued, workers) = (marked.Issued, WorkersOfProcesses(marked));
        var takeovers = workers.Sum(BitOperations.PopCount) - BitOperations.PopCount(workers.Aggregate(0UL, (all, some) => all | some));
        Print(string.Create(
            CultureInfo.InvariantCulture,
            $"{issued:N0} ids by {workers.Count(w => w != 0)} of {nemesis.Launches} processes, {marked.Faults} wrong; {nemesis.Kills} killed, {nemesis.Sleeps} put to sleep, {takeovers} worker ids taken over"));
        Assert.Equal(0, marked.Faults);
        Assert.InRange(issued, LeastIds, long.MaxValue);
        Assert.Equal(Kills, nemesis.Kills);
        Assert.InRange(takeovers, Generators, int.MaxValue);

        // As many bits as ids: but for one a lane that died between the two, and it counts no id that has no bit.
        Assert.InRange(marked.Marked, issued, issued + nemesis.Launches * GeneratorProcess.Lanes);
    }

    public void Dispose() => _folder.Dispose();

    private static void Print(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    private static long First() => (long)(TimeProvider.System.GetUtcNow() - new IdsOptions().Epoch).TotalMilliseconds - 1_000;

    private static bool IsAtWork(MarkedIds marked, int process) => marked.IssuedOf(process * GeneratorProcess.Lanes) > 0;

    private static List<ulong> WorkersOfProcesses(MarkedIds marked) =>
        [.. marked.WorkersOfLanes.Chunk(GeneratorProcess.Lanes).Select(lanes => (ulong)lanes.Aggregate(0L, (all, some) => all | some))];

    private static Dictionary<string, string?> Settings(CloudAddresses cloud)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Cluster:Region"] = cloud.Regions[0],
            ["Ids:LeaseSeconds"] = Lease.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            ["Ids:DatacenterBits"] = $"{MarkedIds.DatacenterBits}",
            ["Ids:WorkerBits"] = $"{MarkedIds.WorkerBits}",
            ["Ids:SequenceBits"] = $"{MarkedIds.SequenceBits}",
        };
        foreach (var (i, node) in cloud.Nodes.Index())
        {
            settings[$"Cluster:Nodes:{i}:Id"] = node.Id;
            settings[$"Cluster:Nodes:{i}:Region"] = node.Region;
            settings[$"Cluster:Nodes:{i}:Endpoint"] = $"{node.TableEndpoint}";
            settings[$"Cluster:Nodes:{i}:Account"] = node.Account;
            settings[$"Cluster:Nodes:{i}:Key"] = node.Key;
        }

        return settings;
    }
}
