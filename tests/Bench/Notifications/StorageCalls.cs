using System.Diagnostics.Metrics;

namespace Serverless.Bench.Notifications;

/// <summary>Counts the HTTP calls of this process by the port that they go to.</summary>
internal sealed class StorageCalls : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly HashSet<int> _tables;
    private readonly HashSet<int> _queues;
    private long _tableCalls;
    private long _queueCalls;

    /// <param name="tables">Ports of tables.</param>
    /// <param name="queues">Ports of queues.</param>
    public StorageCalls(IEnumerable<int> tables, IEnumerable<int> queues)
    {
        (_tables, _queues) = ([.. tables], [.. queues]);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "System.Net.Http", Name: "http.client.request.duration" })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Count(tags));
        _listener.Start();
    }

    public long Tables => Interlocked.Read(ref _tableCalls);

    public long Queues => Interlocked.Read(ref _queueCalls);

    public void Dispose() => _listener.Dispose();

    private void Count(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
        {
            if (name == "server.port" && value is int port && _tables.Contains(port))
                Interlocked.Increment(ref _tableCalls);
            else if (name == "server.port" && value is int other && _queues.Contains(other))
                Interlocked.Increment(ref _queueCalls);
        }
    }
}
