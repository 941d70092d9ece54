namespace Serverless.Tests.Simulation;

/// <summary>
/// What happens to a cluster by day: nodes fail, are cut off, wiped and robbed of their trees, join, leave and are reweighed, instances pause, and timers' jobs run. Never so much at once that no
/// promise holds: one node loses its state only when all others keep theirs.
/// </summary>
/// <param name="simulator">Time and chance.</param>
/// <param name="cluster">Whose.</param>
internal sealed class KvWeather(Simulator simulator, SimulatedCluster cluster)
{
    private bool _ends;

    /// <summary>Whether hints are handed over; false: the timer that does it stands still. Default true.</summary>
    public bool HandsOver { get; set; } = true;

    /// <summary>Whether trees were lost.</summary>
    public bool HasRobbed { get; private set; }

    /// <summary>One of the members.</summary>
    public string AnyNode => cluster.Document.Nodes[simulator.Random.Next(cluster.Document.Nodes.Count)].Id;

    private int AnyCoordinator => simulator.Random.Next(cluster.Coordinators.Count);

    /// <summary>Goes on while clients live.</summary>
    public async Task DuringAsync(Task clients)
    {
        _ends = false;
        var weather = RunAsync();
        await clients;
        _ends = true;
        await weather;
    }

    /// <summary>Every node behaves, and everybody reaches it.</summary>
    public void Calm()
    {
        cluster.Heal();
        foreach (var node in cluster.Nodes.Values)
            node.Weather = Weather.Fair;
    }

    private async Task RunAsync()
    {
        while (!_ends)
        {
            await simulator.Delay(TimeSpan.FromMilliseconds(200 + simulator.Random.Next(4_000)));
            await ChangeAsync(AnyNode, AnyCoordinator);
        }
    }

    private async Task ChangeAsync(string node, int coordinator)
    {
        switch (simulator.Random.Next(20))
        {
            case 0:
                cluster.Cut(coordinator, node);
                break;
            case 1:
                cluster.Heal();
                break;
            case 2:
                cluster.Pause(coordinator);
                await simulator.Delay(TimeSpan.FromMilliseconds(simulator.Random.Next(10_000)));
                cluster.Resume(coordinator);
                break;
            case 3 when cluster.AllVote:
                if (simulator.Random.Next(2) == 0)
                    cluster.Wipe(node);
                else
                    await cluster.RollBackAsync(node);
                break;
            case 4 or 5:
                await cluster.RefillAsync(coordinator);
                break;
            case 6:
                await Task.WhenAll(HandsOver ? cluster.HandOverAsync(coordinator) : Task.CompletedTask, cluster.RollUpAsync(AnyCoordinator));
                break;
            case 7:
                await Task.WhenAll(cluster.SweepAsync(coordinator), cluster.SweepAsync(AnyCoordinator));
                break;
            case 8:
                await cluster.GossipAsync(coordinator);
                break;
            case 9:
                cluster.LoseTrees(node);
                HasRobbed = true;
                break;
            case 10:
                cluster.BeginMove();
                break;
            case 11 or 12 or 13:
                await Task.WhenAll(cluster.MoveAsync(coordinator), cluster.MoveAsync(AnyCoordinator));
                break;
            default:
                cluster.Nodes[node].Weather = (Weather)simulator.Random.Next(5);
                break;
        }
    }
}
