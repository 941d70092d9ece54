using Serverless.Replication;

namespace Serverless.Tests.Simulation;

/// <summary>
/// One simulated life of a membership: instances change it at once, nodes join and leave, fail, lag, lose messages, are cut off, and one loses its copy. All documents
/// that anybody is told must lie on one chain, in the order in which they were told; and when all is well again, everybody is told the end of it.
/// </summary>
internal sealed class ClusterScenario
{
    private const int Instances = 5;
    private const int ChangesEach = 6;
    private const int ReadsEach = 10;
    private const int MostNodes = 7;

    // Of fewer copies one may be all that knew of a change.
    private const int FewestToLoseOne = 4;
    private const string Table = "cluster";

    private readonly Simulator _simulator;
    private readonly bool _forgetsWithoutLoss;
    private readonly ClusterHistory _history = new();
    private readonly List<ClusterMember> _members;
    private readonly int _founders;
    private readonly Dictionary<string, SimulatedNode> _nodes;
    private readonly List<ClusterRegister> _registers;
    private readonly HashSet<(int Instance, string Node)> _cut = [];
    private bool _calm;

    private ClusterScenario(int seed, bool forgetsWithoutLoss)
    {
        _simulator = new Simulator(seed);
        _forgetsWithoutLoss = forgetsWithoutLoss;
        _members = [.. Enumerable.Range(1, MostNodes).Select(i => new ClusterMember($"n{i}", $"r{i % 3}", 100, 1, "rows", MemberState.Member))];
        _founders = 1 + Random.Next(5);
        _nodes = _members.ToDictionary(m => m.Id, _ => new SimulatedNode(_simulator));
        var seeds = new[] { _members[.._founders], _members[_founders..] };
        _registers = [.. Enumerable.Range(0, Instances).Select(i => new ClusterRegister(
            member => Site(i, member.Id), seeds, _simulator.Time, new Random(_simulator.Random.Next())))];
    }

    private Random Random => _simulator.Random;

    /// <summary>What was broken, and a line that two runs of one seed must share.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="forgetsWithoutLoss">A node takes up again an older copy than it had, and is believed.</param>
    public static (IReadOnlyList<string> Broken, string Trace) Run(int seed, bool forgetsWithoutLoss = false)
    {
        var scenario = new ClusterScenario(seed, forgetsWithoutLoss);
        scenario._simulator.Run(scenario.LiveAsync);
        return (scenario._history.Broken,
            $"{scenario._simulator.Steps} steps, {scenario._history.Made} changes, {scenario._history.Refused} not told, {scenario._simulator.Time.GetTimestamp()} ticks");
    }

    private async Task LiveAsync()
    {
        foreach (var founding in await Task.WhenAll(_registers.Select(ToldAsync)))
            _history.Told(0, founding, wasMade: false);
        var weather = WeatherAsync();
        await Task.WhenAll(_registers.SelectMany(register => new[] { ChangeAsync(register), ReadAsync(register) }));
        _calm = true;
        await weather;
        foreach (var node in _nodes.Values)
            node.Weather = Weather.Fair;
        _cut.Clear();
        foreach (var register in _registers)
        {
            if (await ToldAsync(register) is not { } last)
                _history.Broken.Add("Although all is well again, an instance is not told the membership.");
            else
                _history.End(last);
        }
    }

    private async Task ChangeAsync(ClusterRegister register)
    {
        for (var i = 0; i < ChangesEach; i++)
        {
            await _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(3_000)));
            var told = _history.Begin();
            var made = await register.ChangeAsync(
                document =>
                {
                    var next = Next(document);
                    if (next is not null)
                        _history.Propose(document, next);
                    return next;
                },
                (_, _) => Task.FromResult(true), FoundAsync, CancellationToken.None);
            _history.Told(told, made?.Next, wasMade: made is not null);
        }
    }

    private async Task ReadAsync(ClusterRegister register)
    {
        for (var i = 0; i < ReadsEach; i++)
        {
            await _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(2_000)));
            var told = _history.Begin();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), _simulator.Time);
            _history.Told(told, (await register.ReadAsync(FoundAsync, limit.Token))?.Document, wasMade: false);
        }
    }

    private async Task<ClusterDocument?> ToldAsync(ClusterRegister register)
    {
        for (var tries = 0; tries < 20; tries++)
        {
            if (await register.ReadAsync(FoundAsync, CancellationToken.None) is { } record)
                return record.Document;
        }

        return null;
    }

    // Any next step of those that there are.
    private ClusterDocument? Next(ClusterDocument document)
    {
        var next = document with { Epoch = document.Epoch + 1, Change = SecureRandom.Next64(Random) };
        var outside = _members.Where(m => !document.Nodes.Any(n => n.Id == m.Id)).ToList();
        return (document.Move, Random.Next(4)) switch
        {
            (_, 0) => next,
            ({ Phase: MovePhase.Joint } joint, _) => next with { Move = joint with { Phase = MovePhase.Dropping } },
            ({ Kind: MoveKind.Leave } left, _) => next with { Move = null, Nodes = [.. document.Nodes.Where(n => n.Id != left.Node)] },
            ({ }, _) => next with { Move = null },
            (null, 1) when document.Nodes.Count > 1 => next with { Move = Move(MoveKind.Leave, document.Nodes[Random.Next(document.Nodes.Count)].Id) },
            (null, _) when outside.Count > 0 && outside[Random.Next(outside.Count)] is var joins =>
                next with { Nodes = [.. document.Nodes.Append(joins).OrderBy(n => n.Id, StringComparer.Ordinal)], Move = Move(MoveKind.Join, joins.Id) },
            _ => null,
        };
    }

    private static ClusterMove Move(MoveKind kind, string node) => new(kind, node, 100, MovePhase.Joint, default);

    private Task<ClusterDocument?> FoundAsync()
    {
        var first = new ClusterDocument(1, SecureRandom.Next64(Random), 16, 3, _members[.._founders]);
        _history.Propose(null, first);
        return Task.FromResult<ClusterDocument?>(first);
    }

    private ClusterSite Site(int instance, string id) => new(
        _nodes[id].Reach(Table, () => !_cut.Contains((instance, id))),
        async token =>
        {
            await _simulator.Delay(TimeSpan.FromMilliseconds(1 + Random.Next(20))).WaitAsync(token);
            if (_nodes[id].Weather is Weather.Down or Weather.Silent || _cut.Contains((instance, id)))
                throw new IOException("unreachable");
            if (!_nodes[id].Has(Table))
                _nodes[id].Create(Table);
        });

    private async Task WeatherAsync()
    {
        await _simulator.Delay(TimeSpan.FromSeconds(1));
        var (turns, mayLose) = (Random.Next(12), true);
        for (; !_calm; turns--)
        {
            var id = _members[Random.Next(MostNodes)].Id;
            var node = _nodes[id];
            if (turns <= 0 && mayLose && (_forgetsWithoutLoss || _history.Fewest >= FewestToLoseOne))
            {
                mayLose = _forgetsWithoutLoss;
                await LoseAsync(id);
            }
            else if (Random.Next(3) == 0)
            {
                _cut.Add((Random.Next(Instances), id));
            }
            else if (Random.Next(3) == 0)
            {
                _cut.Clear();
            }
            else
            {
                node.Weather = (Weather)Random.Next(5);
            }

            await _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(2_000)));
            if (Random.Next(2) == 0)
                node.Weather = Weather.Fair;
        }
    }

    // It forgets what it held; or, where the rule is broken, only what it was told last.
    private async Task LoseAsync(string id)
    {
        var before = _forgetsWithoutLoss && _nodes[id].Has(Table) && await _nodes[id].Table(Table).ReadAsync("cluster", "current", CancellationToken.None) is RowRead.Found(var row)
            ? row.Data
            : default(ReadOnlyMemory<byte>?);
        if (before is not null)
            await _simulator.Delay(TimeSpan.FromSeconds(4));
        _nodes[id].Wipe();
        if (before is not { } older)
            return;
        _nodes[id].Create(Table);
        await _nodes[id].Table(Table).CommitAsync("cluster", [new RowChange.Insert("current", older)], CancellationToken.None);
    }
}
