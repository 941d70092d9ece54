using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Serverless.Limits;

namespace Serverless.Tests.Simulation;

/// <summary>One instance that limits, over its restarts: what it held is gone with each, what it sent may still arrive.</summary>
internal sealed class LimitsInstance
{
    private readonly SimulatedCluster _cluster;
    private readonly Random _random;
    private readonly SplitTerms _split;
    private readonly int _known;

    public LimitsInstance(int number, SimulatedCluster cluster, Simulator simulator, SplitTerms? split = null, int known = 100_000)
    {
        (Number, _cluster, _random, _split, _known, Clock) = (number, cluster, simulator.Random, split ?? SplitTerms.Default, known, new JumpingClock(simulator.Time));
        Limiter = Start();
    }

    /// <summary>Its coordinator in the cluster.</summary>
    public int Number { get; }

    public JumpingClock Clock { get; }

    /// <summary>While it does not run.</summary>
    public bool IsPaused { get; set; }

    public Limiter Limiter { get; private set; }

    public LimitsMetrics Metrics { get; } = new();

    /// <summary>What it must look up again after a restart.</summary>
    public Reservations Reservations { get; private set; } = null!;

    public void Restart() => Limiter = Start();

    private Limiter Start()
    {
        var clocks = new StorageClocks(Clock);
        var store = new SubjectStore(new SubjectHomes(_cluster.Views[Number], clocks), clocks);
        var limiter = new Limiter(new LimiterParts(store, Metrics, Clock, _random, NullLogger<LimiterParts>.Instance, _split), Options.Create(new LimitsOptions { KnownSubjects = _known }));
        Reservations = new Reservations(limiter, store, Clock, _random);
        return limiter;
    }
}
