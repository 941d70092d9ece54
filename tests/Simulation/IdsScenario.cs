using Serverless.Ids;

namespace Serverless.Tests.Simulation;

/// <summary>
/// One simulated life of instances that issue ids while their clocks jump by up to an hour, they pause for longer than any lease and crash, and the nodes under them
/// fail, lose messages, lose their state and change places. Nothing may be issued twice; and when all is well again, everybody gets ids.
/// </summary>
internal sealed class IdsScenario
{
    private const int Instances = 6;
    private const int ClientsEach = 2;
    private const int RequestsEach = 12;
    private const int OpeningsOfHome = 1;
    private static readonly string[] Names = ["a", "b"];

    private readonly Simulator _simulator;
    private readonly SimulatedCluster _cluster;
    private readonly IdsHistory _history = new();
    private readonly List<IdsInstance> _instances;
    private bool _calm;
    private int _homes = 1;

    private IdsScenario(int seed, Mutation mutation)
    {
        _simulator = new Simulator(seed);
        _cluster = new SimulatedCluster(_simulator, Instances, nodesPerRegion: 1 + seed % 2, mostHints: 10_000, mutation);
        _instances = [.. Enumerable.Range(0, Instances).Select(i => new IdsInstance(i, _cluster, _simulator))];
    }

    private Random Random => _simulator.Random;

    /// <summary>What was broken, and a line that two runs of one seed must share.</summary>
    public static (IReadOnlyList<string> Broken, string Trace) Run(int seed, Mutation mutation = Mutation.None)
    {
        var scenario = new IdsScenario(seed, mutation);
        scenario._simulator.Run(scenario.LiveAsync);
        return (scenario._history.Broken,
            $"{scenario._simulator.Steps} steps, {scenario._history.Issued} ids, {scenario._history.Refused} refused, {scenario._simulator.Time.GetTimestamp()} ticks");
    }

    private async Task LiveAsync()
    {
        await _cluster.SettleAsync();
        var weather = WeatherAsync();
        await Task.WhenAll(_instances.SelectMany(instance => Enumerable.Range(0, ClientsEach).Select(_ => LiveAsync(instance))));
        _calm = true;
        await weather;
        _history.CheckLeases();
        await HealAsync();
        foreach (var instance in _instances)
        {
            if (!await AnswersAsync(instance))
                _history.Broken.Add($"{instance.Name} gets no ids although all is well again");
            await CheckMarkAsync(instance);
        }
    }

    // Each home begins where the last one's ceiling was, as does each try to open it; and no clock is wrong by more than an hour.
    private async Task CheckMarkAsync(IdsInstance instance)
    {
        var each = TimeSpan.FromMinutes(IdsInstance.Hasty.CeilingMinutes) + TimeSpan.FromSeconds(2 * IdsInstance.Hasty.LeaseSeconds);
        var highest = IdsInstance.FewWorkers.MillisecondsAt(_simulator.Time.GetUtcNow() + TimeSpan.FromHours(1) + OpeningsOfHome * _homes * each);
        if (await instance.Marks.ReadAsync($"snowflake/r{instance.Number % 3 + 1}", "", CancellationToken.None) is { } mark && mark.Others > highest)
            _history.Broken.Add($"the mark of instance {instance.Number}'s region is {TimeSpan.FromMilliseconds(mark.Others - highest)} higher than any clock explains");
    }

    private async Task LiveAsync(IdsInstance instance)
    {
        for (var i = 0; i < RequestsEach; i++)
        {
            await _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(8) == 0 ? Random.Next(20_000) : Random.Next(500)));
            while (instance.IsPaused)
                await _simulator.Delay(TimeSpan.FromMilliseconds(100));
            var refusal = Random.Next(4) switch
            {
                0 => await TicketsAsync(instance),
                1 => await MastersAsync(instance),
                _ => await SnowflakesAsync(instance),
            };
            _history.Refused += refusal is null ? 0 : 1;
        }
    }

    private async Task<bool> AnswersAsync(IdsInstance instance)
    {
        for (var tries = 0; tries < 10; tries++)
        {
            if (await SnowflakesAsync(instance) is null && await TicketsAsync(instance) is null && await MastersAsync(instance) is null)
                return true;
            await _simulator.Delay(TimeSpan.FromSeconds(5));
        }

        return false;
    }

    private async Task<IdRefusal?> SnowflakesAsync(IdsInstance instance)
    {
        var (ids, source, before, name) = (new Snowflake[Count()], instance.Snowflakes, instance.Greatest, instance.Name);
        var lease = source.Lease;
        if (await source.FillAsync(ids, CancellationToken.None) is { } refusal)
            return refusal;
        _history.Snowflakes(ids, name, before);
        if (source.Lease is { } held && held.Row.Owner == lease?.Row.Owner)
            _history.Leased(ids, held.Row.Owner, $"datacenter {held.Datacenter}, worker {held.Worker}");
        if (instance.Snowflakes == source && ids[^1] > instance.Greatest)
            instance.Greatest = ids[^1];
        return null;
    }

    private async Task<IdRefusal?> TicketsAsync(IdsInstance instance)
    {
        var (name, numbers) = (Names[Random.Next(Names.Length)], new long[Count()]);
        if (await instance.Sequences.TicketsAsync(name, numbers, CancellationToken.None) is { } refusal)
            return refusal;
        _history.Numbers($"ticket/{name}", numbers, number => number > 0);
        return null;
    }

    private async Task<IdRefusal?> MastersAsync(IdsInstance instance)
    {
        var (name, numbers) = (Names[Random.Next(Names.Length)], new long[Count()]);
        if (await instance.Sequences.MastersAsync(name, numbers, CancellationToken.None) is { } refusal)
            return refusal;
        _history.Numbers($"multimaster/{name}", numbers, number => (number - 1) % Allocator.Masters == instance.Number % 3);
        return null;
    }

    private int Count() => Random.Next(10) == 0 ? 1 + Random.Next(3_000) : 1 + Random.Next(60);

    // Never so much at once that no promise holds: one node loses its state only when all others keep theirs.
    private async Task WeatherAsync()
    {
        var nodes = _cluster.Nodes.Keys.ToList();
        while (!_calm)
        {
            await _simulator.Delay(TimeSpan.FromMilliseconds(100 + Random.Next(1_500)));
            var (node, instance) = (nodes[Random.Next(nodes.Count)], _instances[Random.Next(Instances)]);
            switch (Random.Next(15))
            {
                case 0:
                    _cluster.Cut(instance.Number, node);
                    break;
                case 1 or 2:
                    _cluster.Heal();
                    break;
                case 3:
                    _ = PauseAsync(instance);
                    break;
                case 4:
                    instance.Restart();
                    break;
                case 5 or 6:
                    instance.Clock.Ahead = TimeSpan.FromSeconds(Random.Next(-3_600, 3_601));
                    break;
                case 7 when _cluster.AllVote:
                    _homes++;
                    if (Random.Next(2) == 0)
                        _cluster.Wipe(node);
                    else
                        await _cluster.RollBackAsync(node);
                    break;
                case 8 or 9:
                    await _cluster.RefillAsync(instance.Number);
                    break;
                case 11:
                    _homes++;
                    _cluster.Move(node);
                    break;
                case 10:
                    _cluster.Nodes[node].Weather = (Weather)Random.Next(5);
                    break;
                default:
                    _cluster.Nodes[node].Weather = Weather.Fair;
                    break;
            }
        }
    }

    // Neither its clients run nor its messages; then it goes on as if nothing had been.
    private async Task PauseAsync(IdsInstance instance)
    {
        instance.IsPaused = true;
        _cluster.Pause(instance.Number);
        await _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(2) == 0 ? Random.Next(1_000) : Random.Next(30_000)));
        _cluster.Resume(instance.Number);
        instance.IsPaused = false;
    }

    private async Task HealAsync()
    {
        _cluster.Heal();
        foreach (var node in _cluster.Nodes.Values)
            node.Weather = Weather.Fair;

        // Views are 30 s old at most, and a request that was given up may arrive for 20 s.
        await _simulator.Delay(TimeSpan.FromSeconds(60));
        for (var runs = 0; runs < 6 && !_cluster.AllVote; runs++)
        {
            await _cluster.RefillAsync(runs % Instances);
            await _simulator.Delay(TimeSpan.FromSeconds(15));
        }
    }
}
