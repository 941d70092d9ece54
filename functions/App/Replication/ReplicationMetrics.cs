using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Serverless.Replication;

/// <summary>The room's metrics, meter "Serverless.Replication".</summary>
public sealed class ReplicationMetrics : IDisposable
{
    private readonly Meter _meter = new("Serverless.Replication");
    private readonly ConcurrentDictionary<string, (bool Down, long At)> _nodes = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;

    public ReplicationMetrics(TimeProvider clock)
    {
        _clock = clock;
        _meter.CreateObservableGauge("serverless.replication.node.down", Nodes, "{node}", "By node: 1 when the stamp holds it for down, 0 when not; nothing when this instance has heard no word of it for a minute.");
    }

    /// <summary>What the stamp held of a node when this instance heard it.</summary>
    internal void Heard(string node, bool down) => _nodes[node] = (down, _clock.GetTimestamp());

    /// <summary>Whether the instrument is one of this object's: there may be several of a name in one process.</summary>
    internal bool Has(Instrument instrument) => instrument.Meter == _meter;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Nodes() => _nodes
        .Where(node => _clock.GetElapsedTime(node.Value.At) < HealthGossip.WordCounts)
        .Select(node => new Measurement<int>(node.Value.Down ? 1 : 0, new KeyValuePair<string, object?>("node", node.Key)));
}
