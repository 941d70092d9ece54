using System.Diagnostics.Metrics;

namespace Serverless.Tests;

/// <summary>What instruments measured, by name and tags: counters added up, gauges as they are when asked.</summary>
internal sealed class Measured : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _values = new(StringComparer.Ordinal);

    /// <param name="isMine">Which instruments are listened to: there are those of other tests too.</param>
    public Measured(Func<Instrument, bool> isMine)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (isMine(instrument))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Set(instrument, tags, _ => value));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Set(instrument, tags, before => before + value));
        _listener.Start();
    }

    /// <summary>By "name tag tag …", with the tags' values in the order in which they were given; gauges are asked now.</summary>
    public IReadOnlyDictionary<string, long> Values
    {
        get
        {
            lock (_values)
            {
                _listener.RecordObservableInstruments();
                return new Dictionary<string, long>(_values, StringComparer.Ordinal);
            }
        }
    }

    public void Forget()
    {
        lock (_values)
            _values.Clear();
    }

    public void Dispose() => _listener.Dispose();

    private void Set(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags, Func<long, long> next)
    {
        var name = instrument.Name;
        foreach (var tag in tags)
            name += $" {tag.Value}";
        lock (_values)
            _values[name] = next(_values.GetValueOrDefault(name));
    }
}
