using Serverless.Ids;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Ids;

/// <summary>A few instances in simulated time on a cluster of three regions with one node each, where nothing fails unless the test says so.</summary>
internal sealed class SourceScene
{
    private SourceScene(Simulator simulator, int instances)
    {
        Simulator = simulator;
        Cluster = new SimulatedCluster(simulator, instances, nodesPerRegion: 1, mostHints: 100, Mutation.None);
    }

    public Simulator Simulator { get; }

    public SimulatedCluster Cluster { get; }

    /// <summary>Plays in each of so many orders of execution.</summary>
    public static void Play(Func<SourceScene, Task> play, int orders = 5, int instances = 6)
    {
        for (var seed = 0; seed < orders; seed++)
        {
            var scene = new SourceScene(new Simulator(seed), instances);
            scene.Simulator.Run(async () =>
            {
                await scene.Cluster.SettleAsync();
                await play(scene);
            });
        }
    }

    /// <summary>One more instance in a region, 1 to 3.</summary>
    /// <param name="region">Its number.</param>
    /// <param name="machine">From 0: instances on different machines of a region share nothing.</param>
    /// <param name="layout">Of its ids.</param>
    /// <param name="options">Of its ids.</param>
    public IdsInstance Instance(int region, int machine = 0, SnowflakeLayout? layout = null, IdsOptions? options = null) =>
        new(region - 1 + 3 * machine, Cluster, Simulator, layout, options);

    /// <summary>So many ids, or why not; asked again for some seconds while the refusal is <see cref="IdRefusal.Unavailable"/>, as a client would.</summary>
    public async Task<IdRefusal?> TakeAsync(IdsInstance instance, List<Snowflake> into, int count = 1)
    {
        var ids = new Snowflake[count];
        var refusal = await AskAsync(() => instance.Snowflakes.FillAsync(ids, CancellationToken.None));
        if (refusal is null)
            into.AddRange(ids);
        return refusal;
    }

    /// <summary>What is answered at last, when the request is repeated for some seconds while it cannot be met.</summary>
    public async Task<IdRefusal?> AskAsync(Func<ValueTask<IdRefusal?>> ask)
    {
        for (var tries = 0; ; tries++)
        {
            if (await ask() is var refusal && (refusal is not IdRefusal.Unavailable || tries == 20))
                return refusal;
            await Simulator.Delay(TimeSpan.FromMilliseconds(300));
        }
    }

    /// <summary>The worker ids of a region as they are stored.</summary>
    public IReadOnlyList<WorkerRow> Workers(int region) => [.. WorkerRow.Among(Cluster.Rows($"r{region}n1").Select(row => row.Row)).Select(worker => worker.Row!)];

    /// <summary>The region's storage is emptied, refilled and votes again.</summary>
    public async Task LoseAsync(int region)
    {
        Cluster.Wipe($"r{region}n1");
        for (var runs = 0; runs < 20 && !Cluster.AllVote; runs++)
        {
            await Simulator.Delay(TimeSpan.FromSeconds(15));
            await Cluster.RefillAsync(runs % 3);
        }

        Assert.True(Cluster.AllVote);
    }
}
