using Serverless.Replication;

namespace Serverless.Tests.Simulation;

/// <summary>
/// One simulated life of a cluster: clients read and write a few keys and strict registers through several coordinators while nodes fail, lose
/// messages, are cut off, wiped and robbed of their trees, join, leave and are reweighed, instances pause, and the timers' jobs run in between; then everything
/// heals, the jobs bring all replicas together without a client reading, and the laws are checked.
/// </summary>
internal sealed class KvScenario
{
    private const int Coordinators = 3;
    private const int Clients = 4;
    private const int OperationsEach = 15;

    // Of a client between operations: lives are long enough for a move in their midst.
    private const int MostPauseMilliseconds = 8_000;

    // A breaker that is still open lets one call a second through, so the first run after bad weather may end early.
    private const int TimerRuns = 6;

    // A look that finds what may go, one that lets it go after a rest, and some that fail.
    private const int Looks = 5;
    // Of the timer of changes of membership: two phases, each of which waits first.
    private const int MoveRuns = 16;

    private static readonly string[] Keys = ["a", "b", "c"];

    private readonly Simulator _simulator;
    private readonly SimulatedCluster _cluster;
    private readonly KvHistory _history = new();
    private readonly List<Client> _clients = [.. Enumerable.Range(0, Clients).Select(_ => new Client())];
    private readonly RegisterClients _registers;
    private readonly bool _sleeps;
    private readonly KvWeather _weather;

    private KvScenario(int seed, Mutation mutation)
    {
        _simulator = new Simulator(seed);
        _sleeps = seed % 4 == 1;
        _cluster = new SimulatedCluster(_simulator, Coordinators, nodesPerRegion: 1 + seed % 2, mostHints: seed % 5 == 0 ? 1 : 10_000, mutation, spares: 1);
        _registers = new RegisterClients(_simulator, _cluster);
        _weather = new KvWeather(_simulator, _cluster) { HandsOver = seed % 8 != 1 };
        foreach (var node in _cluster.Nodes.Values)
            node.Committed = _history.Stored;
    }

    private Random Random => _simulator.Random;

    /// <summary>What was broken, and a line that two runs of one seed must share.</summary>
    public static (IReadOnlyList<string> Broken, string Trace) Run(int seed, Mutation mutation = Mutation.None)
    {
        var scenario = new KvScenario(seed, mutation);
        scenario._simulator.Run(scenario.LiveAsync);
        return (scenario._history.Broken,
            $"{scenario._simulator.Steps} steps, {scenario._history.Acknowledged} of {scenario._history.Attempted} writes, {scenario._history.Reaped} rows forgotten, {scenario._simulator.Time.GetTimestamp()} ticks");
    }

    private async Task LiveAsync()
    {
        await _cluster.SettleAsync();
        if (Random.Next(2) == 0)
            _cluster.BeginMove();
        await DayAsync(_sleeps ? OperationsEach / 2 : OperationsEach);
        if (_sleeps)
        {
            await NightAsync();
            _weather.HandsOver = true;
            await DayAsync(OperationsEach / 2);
        }

        await HealAsync();
        _history.Broken.AddRange(StoredState.Broken(_cluster.Document, _cluster.Rows));
        _history.Broken.AddRange(await _registers.BrokenAsync());
        foreach (var key in Keys)
        {
            var answer = await _cluster.Coordinators[Random.Next(Coordinators)].ReadAsync(Key(key), new QuorumRules(3, Sloppy: false), CancellationToken.None);
            if (answer is not ReadResult.Read(var set, _, var repairing))
                _history.Broken.Add($"{key} cannot be read after everything healed");
            else if (repairing)
                _history.Broken.Add($"{key} still differs after everything healed");
            else
                _history.Final(key, set);
        }
    }

    private Task DayAsync(int operationsEach) =>
        _weather.DuringAsync(Task.WhenAll([.. _clients.Select(client => LiveAsync(client, operationsEach)), _registers.LiveAsync(operationsEach)]));

    private async Task LiveAsync(Client client, int operations)
    {
        var (own, read) = (client.Own, client.Read);
        for (var i = 0; i < operations; i++)
        {
            await _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(MostPauseMilliseconds)));
            var key = Keys[Random.Next(Keys.Length)];
            var store = _cluster.Coordinators[Random.Next(Coordinators)];
            switch (Random.Next(6))
            {
                case 0 or 1:
                    await ReadAsync(store, key, own[key], read);
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

    // Clients delete some of what they see, and sleep until that is old; in some lives hints of the day wait until the next. Nodes behave but for a mishap now and then.
    private async Task NightAsync()
    {
        var client = _clients[Random.Next(Clients)];
        foreach (var key in Keys.Where(_ => Random.Next(2) == 0))
        {
            _weather.Calm();
            var store = _cluster.Coordinators[Random.Next(Coordinators)];
            await ReadAsync(store, key, client.Own[key], client.Read);
            await WriteAsync(store, key, client.Read[key], client.Own, delete: true);
        }

        for (var looks = 0; looks < Looks; looks++)
        {
            _weather.Calm();
            await _simulator.Delay(TimeSpan.FromSeconds(70 + Random.Next(120)));
            await _cluster.RefillAsync(Random.Next(Coordinators));
            await EveryoneAsync(_cluster.MoveAsync);
            if (_weather.HandsOver)
                await EveryoneAsync(_cluster.HandOverAsync);
            await EveryoneAsync(_cluster.SweepAsync);
            await _simulator.Delay(TimeSpan.FromSeconds(70 + Random.Next(120)));
            await EveryoneAsync(_cluster.MoveAsync);
            await Task.WhenAll(_cluster.ReapAsync(Random.Next(Coordinators)), _cluster.ReapAsync(Random.Next(Coordinators)), MishapAsync());
        }
    }

    private async Task MishapAsync()
    {
        var node = _weather.AnyNode;
        await _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(400)));
        switch (Random.Next(8))
        {
            case 0:
                _cluster.Nodes[node].Weather = (Weather)Random.Next(5);
                break;
            case 1 when _cluster.AllVote:
                _cluster.Wipe(node);
                break;
            case 2:
                await _cluster.SweepAsync(Random.Next(Coordinators));
                break;
            case 3:
                await LiveAsync(_clients[0], 1);
                break;
        }
    }

    private async Task ReadAsync(ReplicatedStore store, string key, CausalContext own, Dictionary<string, CausalContext> read)
    {
        var before = _history.HeldByOwners(key);
        var rules = new QuorumRules(null, Sloppy: Random.Next(2) == 0, AtLeast: Random.Next(2) == 0 ? own : null);
        if (await store.ReadAsync(Key(key), rules, CancellationToken.None) is not ReadResult.Read(var set, var answers, _))
            return;
        if (answers.All(answer => !answer.StandsIn))
            _history.Read(key, before, set);
        else if (!rules.Sloppy)
            _history.Broken.Add($"a node that stands in answered a read of {key} that asked for owners only");
        if (rules.AtLeast is { } known && !set.Context.Includes(known))
            _history.Broken.Add($"a read of {key} answered less than its client knew");
        read[key] = set.Context;
    }

    private async Task WriteAsync(ReplicatedStore store, string key, CausalContext seen, Dictionary<string, CausalContext> own, bool delete)
    {
        var nonce = store.NewNonce();
        var write = _history.Begin(key, nonce, seen, delete);
        var value = delete ? default(ReadOnlyMemory<byte>?) : new byte[Random.Next(8) == 0 ? 20_000 : 8];
        var intent = new WriteIntent(nonce, seen, delete ? null : "", value, _simulator.Time.GetUtcNow());
        var rules = new QuorumRules(null, Sloppy: Random.Next(4) != 0);
        if (await store.WriteAsync(Key(key), intent, rules, CancellationToken.None) is not WriteResult.Written written)
            return;
        write.Acknowledge(written);
        own[key] = written.Context;
    }

    private async Task HealAsync()
    {
        _weather.Calm();

        // Views are 2 s old at most, a request that was given up may arrive for 20 s, and a lease lasts for two minutes.
        await _simulator.Delay(TimeSpan.FromSeconds(40));
        for (var runs = 0; runs < TimerRuns; runs++)
        {
            await _cluster.RefillAsync(runs % Coordinators);
            await _simulator.Delay(TimeSpan.FromSeconds(15));
        }

        await _simulator.Delay(HintHandover.Lease + TimeSpan.FromMinutes(10));
        for (var rounds = 0; rounds < TimerRuns; rounds++)
            await EveryoneAsync(_cluster.GossipAsync);
        for (var runs = 0; runs < MoveRuns && _cluster.Document.Move is not null; runs++)
        {
            await EveryoneAsync(_cluster.MoveAsync);
            await _simulator.Delay(TimeSpan.FromSeconds(15));
        }

        if (_cluster.Document.Move is { } move)
            _history.Broken.Add($"the {move.Kind} of {move.Node} is not finished but {move.Phase} after everything healed");
        for (var runs = 0; runs < TimerRuns; runs++)
        {
            await EveryoneAsync(_cluster.HandOverAsync);
            await _simulator.Delay(TimeSpan.FromSeconds(30));
        }

        for (var looks = 0; looks < Looks && _sleeps; looks++)
        {
            await EveryoneAsync(_cluster.ReapAsync);
            await _simulator.Delay(TimeSpan.FromMinutes(5));
        }

        // A leaf that somebody deleted is missed when it next changes, or when its partition's turn to be scrubbed comes.
        for (var sweeps = 0; sweeps < (_weather.HasRobbed ? _cluster.Document.Partitions : 2); sweeps++)
        {
            await _simulator.Delay(PartitionRepair.Unsettled + TimeSpan.FromSeconds(1));
            await EveryoneAsync(_cluster.SweepAsync);
        }

        await _simulator.Delay(PartitionRepair.Unsettled + TimeSpan.FromSeconds(1));
        await EveryoneAsync(async coordinator =>
        {
            if ((await _cluster.SweepAsync(coordinator)).Differences > 0)
                _history.Broken.Add("after two sweeps a third still repairs");
        });
    }

    // Each knows what it wrote and what it read.
    private sealed record Client
    {
        public Dictionary<string, CausalContext> Own { get; } = Keys.ToDictionary(k => k, _ => CausalContext.Empty);

        public Dictionary<string, CausalContext> Read { get; } = Keys.ToDictionary(k => k, _ => CausalContext.Empty);
    }

    private static async Task EveryoneAsync(Func<int, Task> job)
    {
        for (var coordinator = 0; coordinator < Coordinators; coordinator++)
            await job(coordinator);
    }

    private static ReplicaKey Key(string key) => new("kv", key);
}
