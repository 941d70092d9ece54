using Serverless.Replication;
using Serverless.Tests.Replication.Scenarios;
using static Serverless.Tests.Replication.MemoryCluster;

namespace Serverless.Tests.Replication.Reaping;

/// <summary>A scenario with one partition, in which deleted keys are forgotten after an hour.</summary>
internal sealed class ReapScene(Scenario scenario)
{
    // Longer than an eighth of the age and than the rest after a look that found something.
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(8);

    // Three that find and forget what is there, when none of them is lost, and one that is.
    private const int Looks = 4;

    public MemoryCluster Cluster => scenario.Cluster;

    public TimeSpan Age => TimeSpan.FromMinutes(Cluster.Options.ReapMinutes);

    public IEnumerable<string> StandIns => scenario.StandIns;

    public static void Play(Func<ReapScene, Task> play) => Scenario.Play(
        async scenario =>
        {
            scenario.Cluster.Options.ReapMinutes = 60;
            await play(new ReapScene(scenario));
        },
        partitions: 1);

    public ReplicatedStore Near(string region) => scenario.Near(region);

    public IReadOnlyList<string> Owners(string key) => Cluster.Owners(Key(key));

    public IReadOnlyList<string> Held(string node, string key) => scenario.Held(node, key);

    /// <summary>The nodes that have a row of the key, as owners.</summary>
    public IEnumerable<string> Keepers(string key) => Cluster.Memory.Where(node => node.Value.Data().Any(row => row.Row.Name == Key(key).Row)).Select(node => node.Key);

    public void OnlyDown(params IEnumerable<string> nodes) => scenario.OnlyDown(nodes);

    public Task PassAsync(TimeSpan time) => scenario.PassAsync(time);

    /// <summary>What is there becomes old.</summary>
    public Task AgeAsync() => PassAsync(Age + TimeSpan.FromSeconds(1));

    public Task<SweepReport> SweepAsync() => scenario.SweepAsync();

    public Task HandOverAsync() => scenario.HandOverAsync();

    public Task RefillAsync() => scenario.RefillAsync();

    public Task MoveUntilAsync(Func<ClusterMove?, bool> isSo) => scenario.MoveUntilAsync(isSo);

    public Task AllIsOneAsync() => scenario.AllIsOneAsync();

    /// <summary>A key is written, and deleted on all owners.</summary>
    public async Task DeleteAsync(string key)
    {
        var store = Near("r1");
        await PutAsync(store, key, null, await PutAsync(store, key, "old", needed: 3), needed: 3);
    }

    public async Task<IReadOnlyList<string>> ReadAsync(string key) => Values(await GetAsync(Near("r3"), key, 3));

    /// <summary>The timer everywhere; how many keys were forgotten.</summary>
    public Task<int> ReapAsync() => scenario.ReapAsync();

    /// <summary>The same after a rest.</summary>
    public async Task<int> LookAsync()
    {
        await PassAsync(Pause);
        return await ReapAsync();
    }

    /// <summary>As many looks as it takes to forget what may go; how many keys were.</summary>
    public async Task<int> LooksAsync()
    {
        var reaped = 0;
        for (var looks = 0; looks < Looks; looks++)
            reaped += await LookAsync();
        return reaped;
    }
}
