using Serverless.Replication;

namespace Serverless.Tests.Simulation;

/// <summary>
/// One simulated life of a cluster: clients read and write a few keys through several coordinators while nodes fail, lose
/// messages, are cut off and wiped, and instances pause; then everything heals and the laws are checked.
/// </summary>
internal sealed class KvScenario
{
    private const int Coordinators = 3;
    private const int Clients = 4;
    private const int OperationsEach = 15;
    private static readonly string[] Keys = ["a", "b", "c"];

    private readonly Simulator _simulator;
    private readonly SimulatedCluster _cluster;
    private readonly KvHistory _history = new();
    private bool _calm;

    private KvScenario(int seed)
    {
        _simulator = new Simulator(seed);
        _cluster = new SimulatedCluster(_simulator, Coordinators, nodesPerRegion: 1 + seed % 2);
        foreach (var node in _cluster.Nodes.Values)
            node.Committed = _history.Stored;
    }

    private Random Random => _simulator.Random;

    /// <summary>What was broken, and a line that two runs of one seed must share.</summary>
    public static (IReadOnlyList<string> Broken, string Trace) Run(int seed)
    {
        var scenario = new KvScenario(seed);
        scenario._simulator.Run(scenario.LiveAsync);
        return (scenario._history.Broken,
            $"{scenario._simulator.Steps} steps, {scenario._history.Acknowledged} of {scenario._history.Attempted} writes, {scenario._simulator.Time.GetTimestamp()} ticks");
    }

    private async Task LiveAsync()
    {
        await _cluster.StartAsync();
        var weather = WeatherAsync();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(ClientAsync));
        _calm = true;
        await weather;
        await HealAsync();
        foreach (var key in Keys)
        {
            foreach (var coordinator in _cluster.Coordinators)
                await coordinator.ReadAsync(Key(key), 3, CancellationToken.None);
            await _simulator.Delay(TimeSpan.FromSeconds(10));
            var answers = await Task.WhenAll(_cluster.Coordinators.Select(c => c.ReadAsync(Key(key), 3, CancellationToken.None)));
            foreach (var answer in answers)
            {
                if (answer is not ReadResult.Read(var set, _, var repairing))
                    _history.Broken.Add($"{key} cannot be read after everything healed");
                else if (repairing)
                    _history.Broken.Add($"{key} still differs after everything healed and was read");
                else
                    _history.Final(key, set);
            }
        }
    }

    private async Task ClientAsync(int client)
    {
        var own = Keys.ToDictionary(k => k, _ => CausalContext.Empty);
        var read = Keys.ToDictionary(k => k, _ => CausalContext.Empty);
        for (var i = 0; i < OperationsEach; i++)
        {
            await _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(1_500)));
            var key = Keys[Random.Next(Keys.Length)];
            var store = _cluster.Coordinators[Random.Next(Coordinators)];
            switch (Random.Next(6))
            {
                case 0 or 1:
                    var before = _history.AcknowledgedSoFar(key);
                    if (await store.ReadAsync(Key(key), null, CancellationToken.None) is ReadResult.Read(var set, _, _))
                    {
                        _history.Read(key, before, set);
                        read[key] = set.Context;
                    }

                    break;
                case 2:
                    await WriteAsync(store, key, CausalContext.Empty, own, delete: false);
                    break;
                case 3:
                    await WriteAsync(store, key, own[key], own, delete: false);
                    break;
                default:
                    await WriteAsync(store, key, read[key], own, delete: Random.Next(4) == 0);
                    break;
            }
        }
    }

    private async Task WriteAsync(ReplicatedStore store, string key, CausalContext seen, Dictionary<string, CausalContext> own, bool delete)
    {
        var nonce = store.NewNonce();
        var write = _history.Begin(key, nonce, seen);
        var value = delete ? default(ReadOnlyMemory<byte>?) : new byte[Random.Next(8) == 0 ? 20_000 : 8];
        var result = await store.WriteAsync(Key(key), new WriteIntent(nonce, seen, delete ? null : "", value, _simulator.Time.GetUtcNow()), null, CancellationToken.None);
        if (result is not WriteResult.Written(var known, _))
            return;
        write.Acknowledge(known);
        own[key] = known;
    }

    // Never so much at once that no promise holds: one node is wiped only when all others keep what they have.
    private async Task WeatherAsync()
    {
        var nodes = _cluster.Nodes.Keys.ToList();
        while (!_calm)
        {
            await _simulator.Delay(TimeSpan.FromMilliseconds(200 + Random.Next(4_000)));
            var node = nodes[Random.Next(nodes.Count)];
            switch (Random.Next(8))
            {
                case 0:
                    _cluster.Cut(Random.Next(Coordinators), node);
                    break;
                case 1:
                    _cluster.Heal();
                    break;
                case 2:
                    var paused = Random.Next(Coordinators);
                    _cluster.Pause(paused);
                    await _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(10_000)));
                    _cluster.Resume(paused);
                    break;
                case 3:
                    if (_cluster.Document.Nodes.All(n => n.State == MemberState.Member))
                        _cluster.Wipe(node);
                    break;
                case 4:
                    await _cluster.RefillAsync(Random.Next(Coordinators));
                    break;
                default:
                    _cluster.Nodes[node].Weather = (Weather)Random.Next(5);
                    break;
            }
        }
    }

    private async Task HealAsync()
    {
        _cluster.Heal();
        foreach (var node in _cluster.Nodes.Values)
            node.Weather = Weather.Fair;

        // Views are 30 s old at most, and a request that was given up may arrive for 20 s.
        await _simulator.Delay(TimeSpan.FromSeconds(40));
        await _cluster.RefillAsync(0);
        await _simulator.Delay(TimeSpan.FromSeconds(40));
    }

    private static ReplicaKey Key(string key) => new("kv", key);
}
