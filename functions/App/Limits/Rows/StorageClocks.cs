using System.Collections.Concurrent;
using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>The clocks of the nodes that this instance counts on, each measured by a write of a row of its own when it is needed.</summary>
internal sealed class StorageClocks(TimeProvider clock)
{
    private const string Partition = PartitionNames.Sole + "clock";
    private const string Row = "0.clock";

    private readonly ConcurrentDictionary<string, Measuring> _clocks = new(StringComparer.Ordinal);

    /// <summary>The present at a node, waiting for it only when nothing is known; null when the node does not answer.</summary>
    public async ValueTask<Moment?> NowAsync(Node node, CancellationToken cancellationToken)
    {
        var measuring = _clocks.GetOrAdd(node.Id, static (_, c) => new Measuring(c), clock);
        if (measuring.Clock.Age >= StorageClock.Fresh)
        {
            var run = measuring.Run(() => MeasureAsync(measuring.Clock, node));
            if (measuring.Clock.Now is null)
                await run.WaitAsync(cancellationToken);
        }

        return measuring.Clock.Now;
    }

    /// <summary>The present at a node, without asking it; null when it was not asked lately.</summary>
    public Moment? Known(Node node) => _clocks.GetValueOrDefault(node.Id)?.Clock.Now;

    // Whatever another instance writes meanwhile is stamped between these two as well.
    private async Task MeasureAsync(StorageClock measured, Node node)
    {
        var sent = clock.GetTimestamp();
        if (await node.Replica.CommitAsync(Partition, [new RowChange.Put(Row, new byte[1])], CancellationToken.None) is not RowCommit.Done)
            return;
        if (await node.Replica.ReadAsync(Partition, Row, CancellationToken.None) is RowRead.Found(var row))
            measured.Measured(sent, clock.GetTimestamp(), row.Written);
    }

    /// <summary>One measurement at a time, for everybody.</summary>
    private sealed class Measuring(TimeProvider clock)
    {
        private readonly Lock _lock = new();
        private Task _run = Task.CompletedTask;

        public StorageClock Clock { get; } = new(clock);

        public Task Run(Func<Task> measure)
        {
            lock (_lock)
                return _run = _run.IsCompleted ? measure() : _run;
        }
    }
}
