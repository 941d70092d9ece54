using System.Diagnostics.Metrics;

namespace Serverless.Ids;

/// <summary>The room's metrics, meter "Serverless.Ids".</summary>
public sealed class IdsMetrics : IDisposable
{
    public const string MeterName = "Serverless.Ids";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _issued;
    private readonly Counter<long> _lost;
    private (int Leased, int All, string Region) _workers = (0, 0, "");

    public IdsMetrics()
    {
        _issued = _meter.CreateCounter<long>("serverless.ids.issued", "{id}", "Ids issued, by strategy.");
        _lost = _meter.CreateCounter<long>("serverless.ids.leases.lost", "{lease}", "Leases that could not be renewed: another instance had the worker id by then, or the home had changed.");
        _meter.CreateObservableGauge("serverless.ids.workers.leased", () => Workers(_workers.Leased), "{worker}", "Worker ids of the region that were leased when this instance last took one.");
        _meter.CreateObservableGauge("serverless.ids.workers.limit", () => Workers(_workers.All), "{worker}", "Worker ids of the region: when as many are leased, further instances get none.");
    }

    public void Issued(string strategy, int count) => _issued.Add(count, new KeyValuePair<string, object?>("strategy", strategy));

    public void LeaseLost() => _lost.Add(1);

    public void Leased(int leased, int all, string region) => _workers = (leased, all, region);

    /// <summary>Whether the instrument is one of this object's: there may be several of a name in one process.</summary>
    internal bool Has(Instrument instrument) => instrument.Meter == _meter;

    public void Dispose() => _meter.Dispose();

    private Measurement<int>[] Workers(int value) => _workers.All == 0 ? [] : [new(value, new KeyValuePair<string, object?>("region", _workers.Region))];
}
