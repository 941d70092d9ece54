using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Serverless.Ids;
using Serverless.Replication;

namespace Serverless.Tests.Simulation;

/// <summary>One instance that issues ids, over its restarts: what it remembers is gone with each, what it sent may still arrive.</summary>
internal sealed class IdsInstance
{
    // The datacenter's bits are more than the service allows: few workers and small sequences meet more often.
    private static readonly SnowflakeLayout Layout = new(DateTimeOffset.UnixEpoch.AddYears(45), 13, 2, 7);
    private static readonly IOptions<IdsOptions> Options = Microsoft.Extensions.Options.Options.Create(
        new IdsOptions { LeaseSeconds = 6, BorrowMilliseconds = 20, CeilingMinutes = 1 });

    private readonly ClusterViews _views;
    private readonly ReplicatedStore _store;
    private readonly Random _random;
    private int _crashes;

    public IdsInstance(int number, ClusterViews views, ReplicatedStore store, Simulator simulator)
    {
        (Number, _views, _store, _random, Clock) = (number, views, store, simulator.Random, new JumpingClock(simulator.Time));
        (Snowflakes, Sequences) = Start();
    }

    /// <summary>Its coordinator in the cluster.</summary>
    public int Number { get; }

    public JumpingClock Clock { get; }

    public string Name => $"instance {Number}.{_crashes}";

    /// <summary>While it does not run.</summary>
    public bool IsPaused { get; set; }

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
        var (marks, agreed, metrics) = (new HighWater(_store, _views, Clock), new AgreedLayout(_store, _views, Layout, Clock), new IdsMetrics());
        var leases = new WorkerLeases(_views, marks, agreed, Layout, Options, metrics, Clock, _random, NullLogger<WorkerLeases>.Instance);
        return (
            new SnowflakeSource(leases, Layout, Options, metrics, Clock, NullLogger<SnowflakeSource>.Instance),
            new SequenceSource(new SegmentStore(_views, marks, Clock, _random), _views, metrics, Clock, NullLogger<SequenceSource>.Instance));
    }
}
