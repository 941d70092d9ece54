using Serverless.Limits;
using Serverless.Replication;

namespace Serverless.Tests.Simulation;

/// <summary>
/// One simulated life of instances that limit the same subjects while their clocks jump by up to an hour, they pause and crash, and the nodes under them fail, lose messages and
/// lose their state. No limit may ever be exceeded; and when all is well again, everybody is served.
/// </summary>
internal sealed class LimitsScenario
{
    private const int Instances = 6;
    private const int ClientsEach = 2;
    private const int RequestsEach = 40;

    private static readonly MatchedLimit[][] Kinds =
    [
        [Limit("a", "tokens", LimitAlgorithmKind.TokenBucket, 30, 5) with { Rule = Rule(LimitAlgorithmKind.TokenBucket, 30, 5) with { Burst = 12 } }],
        [Limit("a", "counter", LimitAlgorithmKind.SlidingWindowCounter, 40, 4)],
        [Limit("a", "tokens", LimitAlgorithmKind.TokenBucket, 30, 5) with { Rule = Rule(LimitAlgorithmKind.TokenBucket, 30, 5) with { Burst = 12 } }, Limit("a", "counter", LimitAlgorithmKind.SlidingWindowCounter, 40, 4)],
        [Limit("b", "log", LimitAlgorithmKind.SlidingWindowLog, 7, 3, LimitMode.Exact)],
        [Limit("b", "fixed", LimitAlgorithmKind.FixedWindow, 20, 2)],
        [Limit("c", "leak", LimitAlgorithmKind.LeakingBucket, 20, 4)],
        [Limit("b", "fixed", LimitAlgorithmKind.FixedWindow, 20, 2), Limit("c", "leak", LimitAlgorithmKind.LeakingBucket, 20, 4)],
        [Limit("d", "one", LimitAlgorithmKind.SlidingWindowCounter, 1, 2, LimitMode.Exact), Limit("a", "counter", LimitAlgorithmKind.SlidingWindowCounter, 40, 4)],
    ];

    // Limits this small would not be divided, nor for so little.
    private static readonly SplitTerms EagerToSplit = new(3, 2, 0.1, TimeSpan.FromSeconds(3));

    private readonly Simulator _simulator;
    private readonly SimulatedCluster _cluster;
    private readonly LimitsHistory _history = new();
    private readonly List<LimitsInstance> _instances;
    private int _divided;
    private bool _calm;

    private LimitsScenario(int seed, Mutation mutation)
    {
        _simulator = new Simulator(seed);
        _cluster = new SimulatedCluster(_simulator, Instances, nodesPerRegion: 1 + seed % 2, mostHints: 10_000, mutation);
        _instances = [.. Enumerable.Range(0, Instances).Select(i => new LimitsInstance(i, _cluster, _simulator, seed % 2 == 0 ? EagerToSplit : null))];
    }

    private Random Random => _simulator.Random;

    /// <summary>What was broken, and a line that two runs of one seed must share.</summary>
    public static (IReadOnlyList<string> Broken, string Trace) Run(int seed, Mutation mutation = Mutation.None)
    {
        var scenario = new LimitsScenario(seed, mutation);
        scenario._simulator.Run(scenario.LiveAsync);
        var history = scenario._history;
        return (history.Broken,
            $"{scenario._simulator.Steps} steps, {history.Admitted} admitted, {history.Limited} limited, {history.Unavailable} unavailable, {scenario._divided} divided, {scenario._simulator.Time.GetTimestamp()} ticks");
    }

    private async Task LiveAsync()
    {
        var epoch = _simulator.Time.GetUtcNow().UtcTicks - _simulator.Time.GetTimestamp();
        await _cluster.SettleAsync();
        foreach (var node in _cluster.Nodes.Values)
            node.Committed = change => _divided += change is RowChange.Insert(var row, _) && row.StartsWith("0.part.", StringComparison.Ordinal) && row.EndsWith(".1", StringComparison.Ordinal) ? 1 : 0;
        var weather = WeatherAsync();
        await Task.WhenAll(_instances.SelectMany(instance => Enumerable.Range(0, ClientsEach).Select(_ => LiveAsync(instance))));
        _calm = true;
        await weather;
        await HealAsync();
        foreach (var instance in _instances)
        {
            if (!await IsServedAsync(instance))
                _history.Broken.Add($"instance {instance.Number} admits nobody although all is well again");
        }

        _history.Check(epoch);
        await _simulator.Delay(TimeSpan.FromSeconds(30));
        await _cluster.ExpireAsync(0);
        if (_cluster.Nodes.Keys.SelectMany(_cluster.Rows).Count(row => row.Row.Name.Contains("limits.", StringComparison.Ordinal)) is var left and > 0)
            _history.Broken.Add($"{left} rows of subjects are left although nothing counts any more");
    }

    private async Task LiveAsync(LimitsInstance instance)
    {
        var hurry = Random.Next(3) == 0 ? 20 : 400;
        for (var i = 0; i < RequestsEach; i++)
        {
            await _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(15) == 0 ? Random.Next(8_000) : Random.Next(hurry)));
            while (instance.IsPaused)
                await _simulator.Delay(TimeSpan.FromMilliseconds(100));
            await RequestAsync(instance, Kinds[Random.Next(Kinds.Length)], Random.Next(6) == 0 ? 1 + Random.Next(4) : 1);
        }
    }

    private async Task<LimitVerdict> RequestAsync(LimitsInstance instance, MatchedLimit[] limits, long cost)
    {
        var (asked, check) = (_simulator.Time.GetTimestamp(), instance.Limiter.Prepare(limits));
        if (Random.Next(12) == 0)
            return await ReserveAsync(instance, check, asked, cost);
        var verdict = await instance.Limiter.CheckAsync(check, cost, CancellationToken.None);
        switch (verdict)
        {
            case LimitVerdict.Admitted:
                _history.Admit(limits, asked, _simulator.Time.GetTimestamp(), cost);
                break;
            case LimitVerdict.Limited:
                _history.Limited++;
                break;
            case LimitVerdict.Unavailable:
                _history.Unavailable++;
                break;
        }

        return verdict;
    }

    // Whether or not the settlement arrives, the client used no more than it says.
    private async Task<LimitVerdict> ReserveAsync(LimitsInstance instance, LimitCheck check, long asked, long cost)
    {
        var (verdict, reservation) = await instance.Reservations.ReserveAsync(check, cost, TimeSpan.FromSeconds(10), CancellationToken.None);
        if (reservation is null)
            return verdict;
        var heard = _simulator.Time.GetTimestamp();
        await _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(3_000)));
        var used = Random.Next((int)cost + 1);
        await _instances[Random.Next(Instances)].Reservations.SettleAsync(check.Limits[0].Subject.Split('|')[0], reservation, used, CancellationToken.None);
        _history.Admit(check.Limits, asked, heard, used);
        return verdict;
    }

    private async Task<bool> IsServedAsync(LimitsInstance instance)
    {
        foreach (var kind in Kinds)
        {
            var tries = 0;
            while (await RequestAsync(instance, kind, 1) is not LimitVerdict.Admitted)
            {
                if (++tries == 20)
                    return false;
                await _simulator.Delay(TimeSpan.FromSeconds(1));
            }
        }

        return true;
    }

    private async Task WeatherAsync()
    {
        var nodes = _cluster.Nodes.Keys.ToList();
        while (!_calm)
        {
            await _simulator.Delay(TimeSpan.FromMilliseconds(100 + Random.Next(1_000)));
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
                case 7 when _cluster.AllVote && Random.Next(3) == 0:
                    if (Random.Next(2) == 0)
                        _cluster.Wipe(node);
                    else
                        await _cluster.RollBackAsync(node);
                    break;
                case 8:
                    await _cluster.RefillAsync(instance.Number);
                    break;
                case 9:
                    _ = _cluster.ExpireAsync(instance.Number);
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
    private async Task PauseAsync(LimitsInstance instance)
    {
        instance.IsPaused = true;
        _cluster.Pause(instance.Number);
        await _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(2) == 0 ? Random.Next(1_000) : Random.Next(10_000)));
        _cluster.Resume(instance.Number);
        instance.IsPaused = false;
    }

    private async Task HealAsync()
    {
        _cluster.Heal();
        foreach (var node in _cluster.Nodes.Values)
            node.Weather = Weather.Fair;
        await _simulator.Delay(TimeSpan.FromSeconds(60));
        for (var runs = 0; runs < 6 && !_cluster.AllVote; runs++)
        {
            await _cluster.RefillAsync(runs % Instances);
            await _simulator.Delay(TimeSpan.FromSeconds(15));
        }
    }

    private static LimitRule Rule(LimitAlgorithmKind algorithm, long limit, int seconds, LimitMode mode = LimitMode.Leased) =>
        new("r", algorithm, limit, TimeSpan.FromSeconds(seconds)) { Mode = mode, TimeBudget = TimeSpan.FromSeconds(2) };

    private static MatchedLimit Limit(string subject, string id, LimitAlgorithmKind algorithm, long limit, int seconds, LimitMode mode = LimitMode.Leased) =>
        new($"d|{subject}", id, Rule(algorithm, limit, seconds, mode));
}
