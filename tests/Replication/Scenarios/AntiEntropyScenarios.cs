using Serverless.Replication;
using static Serverless.Tests.Replication.MemoryCluster;

namespace Serverless.Tests.Replication.Scenarios;

/// <summary>Riak's verify_aae: whatever replicas lack, they become equal without a client reading, and then there is nothing left to repair.</summary>
public class AntiEntropyScenarios
{
    private const int Keys = 40;

    private static readonly QuorumRules One = new(1, Sloppy: false);

    // Riak's verify_aae, "n=1, then n=3": writes that reached one replica, with no hint kept, reach all.
    [Fact]
    public void verify_aae_too_few_replicas() => Scenario.Play(async scenario =>
    {
        scenario.Cluster.Options.MaxHints = 0;
        for (var i = 0; i < Keys; i++)
            await WriteToAsync(scenario, $"k{i}", i % 3, $"v{i}");
        scenario.OnlyDown();
        Assert.Equal(Keys, Copies(scenario));

        Assert.Equal(Keys, (await scenario.SweepAsync()).Differences);
        Assert.Equal(3 * Keys, Copies(scenario));
        await scenario.AllIsOneAsync();
    });

    // Riak's verify_aae, "diverged": each replica took other writes of the same keys; all of them are siblings everywhere.
    [Fact]
    public void verify_aae_divergent_replicas() => Scenario.Play(async scenario =>
    {
        scenario.Cluster.Options.MaxHints = 0;
        for (var i = 0; i < Keys; i++)
        {
            for (var owner = 0; owner < 3; owner++)
                await WriteToAsync(scenario, $"k{i}", owner, $"{owner}");
        }

        scenario.OnlyDown();
        Assert.Equal(Keys, (await scenario.SweepAsync()).Differences);
        Assert.All(Enumerable.Range(0, Keys), i => Assert.All(
            scenario.Cluster.Owners(Key($"k{i}")), owner => Assert.Equal(["0", "1", "2"], scenario.Held(owner, $"k{i}"))));
        await scenario.AllIsOneAsync();
    });

    // Riak's verify_aae, "wiped partition": rows, tree and all of a partition vanish on one node, which does not notice and votes on.
    [Fact]
    public void verify_aae_wiped_partition() => Scenario.Play(async scenario =>
    {
        await WriteAllAsync(scenario);
        await scenario.SweepAsync();
        var (node, partition) = (scenario.Cluster.Owners(Key("k0"))[0], PartitionOf(scenario, "k0"));
        scenario.Cluster.Memory[node].Remove((p, _) => p == partition);
        var lost = 3 * Keys - Copies(scenario);
        Assert.True(lost > 1);

        Assert.Equal(lost, (await scenario.SweepAsync()).Differences);
        Assert.Equal(3 * Keys, Copies(scenario));
        await scenario.AllIsOneAsync();
    });

    // The same where the tree stays and hides it: the scrub of one partition per run finds out, within as many runs as there are partitions.
    [Fact]
    public void verify_aae_wiped_rows() => Scenario.Play(async scenario =>
    {
        await WriteAllAsync(scenario);
        await scenario.SweepAsync();
        var (node, partition) = (scenario.Cluster.Owners(Key("k0"))[0], PartitionOf(scenario, "k0"));
        scenario.Cluster.Memory[node].Remove((p, row) => p == partition && ReplicaKey.FromRow(row) is not null);
        Assert.True(Copies(scenario) < 3 * Keys);

        for (var runs = 0; runs <= scenario.Cluster.Document.Partitions; runs++)
            await scenario.SweepAsync();
        Assert.Equal(3 * Keys, Copies(scenario));
        await scenario.AllIsOneAsync();
    });

    // Riak's verify_aae, "wiped trees": the trees of a node vanish and its rows do not; they are rebuilt, and no row is written for it.
    [Fact]
    public void verify_aae_wiped_trees() => Scenario.Play(async scenario =>
    {
        await WriteAllAsync(scenario);
        await scenario.SweepAsync();
        var node = scenario.Cluster.Owners(Key("k0"))[0];
        scenario.Cluster.Memory[node].Remove((_, row) => row.StartsWith("0.tree", StringComparison.Ordinal) || row.StartsWith("0.leaf", StringComparison.Ordinal));
        var rows = Stored(node);

        var report = await scenario.SweepAsync();
        Assert.Equal(0, report.Differences);
        Assert.True(report.Rebuilt > 0);
        Assert.Equal(rows, Stored(node));
        await scenario.AllIsOneAsync();

        IEnumerable<string> Stored(string of) => [.. scenario.Cluster.Memory[of].Data().Select(row => $"{row.Row.Name} {row.Row.ETag}")];
    });

    // One owner of the key takes the write, the others are down and nobody keeps a hint.
    private static async Task WriteToAsync(Scenario scenario, string key, int owner, string value)
    {
        var owners = scenario.Cluster.Owners(Key(key));
        scenario.OnlyDown(owners.Where(o => o != owners[owner]));
        var store = scenario.Near(owners[owner]);
        Assert.IsType<WriteResult.Written>(await store.WriteAsync(Key(key), Intent(store, value), One, TestContext.Current.CancellationToken));

        // What it still tries elsewhere has ended before the others are back.
        await scenario.PassAsync(TimeSpan.FromSeconds(3));
    }

    private static async Task WriteAllAsync(Scenario scenario)
    {
        var store = scenario.Near("r1");
        for (var i = 0; i < Keys; i++)
            await PutAsync(store, $"k{i}", $"v{i}", needed: 3);
    }

    private static int Copies(Scenario scenario) => scenario.Cluster.Memory.Values.Sum(node => node.Data().Count);

    private static string PartitionOf(Scenario scenario, string key) => PartitionNames.Of(scenario.Cluster.Document.ToRing().PartitionOf(Key(key).Bytes));
}
