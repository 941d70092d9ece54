using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Serverless.Ids;
using Serverless.Replication;

namespace Serverless.Tests.Simulation;

/// <summary>One instance that issues ids, over its restarts: what it remembers is gone with each, what it sent may still arrive.</summary>
internal sealed class IdsInstance
{
    /// <summary>The datacenter's bits are more than the service allows: few workers and small sequences meet more often.</summary>
    public static readonly SnowflakeLayout FewWorkers = new(DateTimeOffset.UnixEpoch.AddYears(45), 13, 2, 7);

    /// <summary>Everything happens sooner than by default.</summary>
    public static readonly IdsOptions Hasty = new() { LeaseSeconds = 6, BorrowMilliseconds = 20, CeilingMinutes = 1 };

    private readonly IOptions<IdsOptions> _options;
    private readonly SnowflakeLayout _layout;
    private readonly ClusterViews _views;
    private readonly ReplicatedStore _store;
    private readonly Random _random;
    private int _crashes;

    public IdsInstance(int number, SimulatedCluster cluster, Simulator simulator, SnowflakeLayout? layout = null, IdsOptions? options = null)
    {
        (Number, _views, _store) = (number, cluster.Views[number], cluster.Coordinators[number]);
        (_layout, _options) = (layout ?? FewWorkers, Options.Create(options ?? Hasty));
        (_random, Clock) = (simulator.Random, new JumpingClock(simulator.Time));
        Marks = new HighWater(_store, _views, Clock);
        (Snowflakes, Sequences) = Start();
    }

    /// <summary>Its coordinator in the cluster.</summary>
    public int Number { get; }

    public JumpingClock Clock { get; }

    public string Name => $"instance {Number}.{_crashes}";

    /// <summary>While it does not run.</summary>
    public bool IsPaused { get; set; }

    public HighWater Marks { get; }

    public SnowflakeSource Snowflakes { get; private set; }

    public SequenceSource Sequences { get; private set; }

    /// <summary>The greatest snowflake that it answered since it started.</summary>
    public Snowflake Greatest { get; set; }

    /// <summary>It ends and starts again, half of the time in good order; what it was doing goes on meanwhile.</summary>
    public void Restart()
    {
        _crashes++;
        if (_random.Next(2) == 0)
            _ = Snowflakes.DisposeAsync().AsTask();
        Greatest = default;
        (Snowflakes, Sequences) = Start();
    }

    private (SnowflakeSource Snowflakes, SequenceSource Sequences) Start()
    {
        var (agreed, metrics) = (new AgreedLayout(_store, _views, _layout, Clock), new IdsMetrics());
        var leases = new WorkerLeases(_views, Marks, agreed, _layout, _options, metrics, Clock, _random, NullLogger<WorkerLeases>.Instance);
        return (
            new SnowflakeSource(leases, _layout, _options, metrics, Clock, NullLogger<SnowflakeSource>.Instance),
            new SequenceSource(new SegmentStore(_views, Marks, Clock, _random), _views, metrics, Clock, NullLogger<SequenceSource>.Instance));
    }
}
