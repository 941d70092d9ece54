using Serverless.Replication;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Replication.Consistency;

/// <summary>What sessions met in one life.</summary>
/// <param name="Reads">Reads that were answered.</param>
/// <param name="Writes">Writes that were acknowledged.</param>
/// <param name="Missed">Reads that lacked a write of their own session.</param>
/// <param name="WentBack">Reads that lacked what the session had read before.</param>
internal readonly record struct SessionReport(int Reads, int Writes, int Missed, int WentBack)
{
    public static SessionReport operator +(SessionReport one, SessionReport other) =>
        new(one.Reads + other.Reads, one.Writes + other.Writes, one.Missed + other.Missed, one.WentBack + other.WentBack);
}

/// <summary>
/// One simulated life in which sessions move between the coordinators of three regions with every request, and the session guarantees
/// (Terry et al. 1994) are checked by value: a read reflects a write when it shows it, or a write whose client had seen it.
/// </summary>
internal sealed class SessionLife
{
    private const int Regions = 3;
    private const int Sessions = 4;
    private const int OperationsEach = 20;

    private static readonly string[] Keys = ["a", "b", "c"];

    private readonly Simulator _simulator;
    private readonly SimulatedCluster _cluster;
    private readonly SessionMode _mode;
    private readonly bool _parted;
    private readonly bool _tells;
    private readonly Dictionary<UInt128, IReadOnlySet<UInt128>> _overwrites = [];
    private SessionReport _report;
    private bool _over;

    private SessionLife(int seed, SessionMode mode, bool parted, bool tells)
    {
        (_mode, _parted, _tells) = (mode, parted, tells);
        _simulator = new Simulator(seed);
        _cluster = new SimulatedCluster(_simulator, Regions, nodesPerRegion: 2, mostHints: 10_000, Mutation.None);
    }

    private Random Random => _simulator.Random;

    /// <param name="seed">Decides everything.</param>
    /// <param name="mode">How the sessions ask.</param>
    /// <param name="parted">Whether the network parts and nodes fail meanwhile; no node loses its state.</param>
    /// <param name="tells">Whether reads carry what the session knows, its last X-Causality.</param>
    public static SessionReport Run(int seed, SessionMode mode, bool parted, bool tells)
    {
        var life = new SessionLife(seed, mode, parted, tells);
        life._simulator.Run(life.LiveAsync);
        return life._report;
    }

    private async Task LiveAsync()
    {
        await _cluster.SettleAsync();
        var weather = _parted ? WeatherAsync() : Task.CompletedTask;
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => SessionAsync()));
        _over = true;
        await weather;
    }

    private async Task WeatherAsync()
    {
        var nodes = _cluster.Nodes.Keys.ToList();
        while (!_over)
        {
            switch (Random.Next(6))
            {
                case 0 or 1:
                    CutOff(Random.Next(Regions));
                    break;
                case 2:
                    _cluster.Cut(Random.Next(Regions), nodes[Random.Next(nodes.Count)]);
                    break;
                case 3:
                    _cluster.Nodes[nodes[Random.Next(nodes.Count)]].Weather = (Weather)Random.Next(5);
                    break;
                default:
                    _cluster.Heal();
                    break;
            }

            await _simulator.Delay(TimeSpan.FromMilliseconds(50 + Random.Next(2_000)));
        }
    }

    private void CutOff(int region)
    {
        foreach (var node in _cluster.Document.Nodes)
        {
            for (var coordinator = 0; coordinator < Regions; coordinator++)
            {
                if (coordinator == region != (node.Region == $"r{region + 1}"))
                    _cluster.Cut(coordinator, node.Id);
            }
        }
    }

    private async Task SessionAsync()
    {
        var known = Keys.ToDictionary(key => key, _ => new Session());
        for (var i = 0; i < OperationsEach; i++)
        {
            // Now and then so soon that what others began is still on its way, now and then not before the weather changed.
            await _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(_parted && Random.Next(3) == 0 ? 1_000 : 30)));
            var key = Keys[Random.Next(Keys.Length)];
            var store = _cluster.Coordinators[Random.Next(Regions)];
            await (Random.Next(5) < 2 ? WriteAsync(store, key, known[key]) : ReadAsync(store, key, known[key]));
        }
    }

    private async Task WriteAsync(ReplicatedStore store, string key, Session session)
    {
        var intent = new WriteIntent(store.NewNonce(), session.Token, "", new byte[8], _simulator.Time.GetUtcNow());
        _overwrites[intent.Nonce] = new HashSet<UInt128>(session.Covered);
        if (await store.WriteAsync(new ReplicaKey("kv", key), intent, _mode.Write, CancellationToken.None) is not WriteResult.Written written)
            return;
        _report += new SessionReport(0, 1, 0, 0);
        session.Token = written.Context;
        session.Covered.Add(intent.Nonce);
        session.Own.Add(intent.Nonce);
    }

    private async Task ReadAsync(ReplicatedStore store, string key, Session session)
    {
        var rules = _mode.Read with { AtLeast = _tells ? session.Token : null };
        if (await store.ReadAsync(new ReplicaKey("kv", key), rules, CancellationToken.None) is not ReadResult.Read(var set, _, _))
            return;
        var shown = set.Versions.Select(version => version.Nonce).ToList();
        HashSet<UInt128> reflected = [.. shown, .. shown.SelectMany(nonce => _overwrites[nonce])];
        _report += new SessionReport(1, 0, session.Own.IsSubsetOf(reflected) ? 0 : 1, session.Read.IsSubsetOf(reflected) ? 0 : 1);
        session.Read.UnionWith(shown);
        if (set.IsEmpty)
            return;
        session.Token = set.Context;
        session.Covered.Clear();
        session.Covered.UnionWith(reflected);
    }

    /// <summary>What one session knows of one key.</summary>
    private sealed class Session
    {
        /// <summary>The last X-Causality it was given.</summary>
        public CausalContext Token { get; set; } = CausalContext.Empty;

        /// <summary>The writes that the token covers.</summary>
        public HashSet<UInt128> Covered { get; } = [];

        /// <summary>Its own acknowledged writes.</summary>
        public HashSet<UInt128> Own { get; } = [];

        /// <summary>All that it was ever shown.</summary>
        public HashSet<UInt128> Read { get; } = [];
    }
}
