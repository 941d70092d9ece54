using System.Diagnostics.Metrics;

namespace Serverless.Http;

/// <summary>
/// The room's metrics, meter "Serverless.Http". How long requests took is counted by classes: Application Insights keeps of a histogram
/// no more than its sum and its ends, from which no percentile can be told.
/// </summary>
public sealed class HttpMetrics : IDisposable
{
    private static readonly (double Milliseconds, string Name)[] Classes =
        [(25, "25 ms"), (50, "50 ms"), (100, "100 ms"), (250, "250 ms"), (500, "500 ms"), (1_000, "1000 ms"), (2_500, "2500 ms")];

    private readonly Meter _meter = new("Serverless.Http");
    private readonly Counter<long> _requests;
    private readonly TimeProvider _clock;

    public HttpMetrics(TimeProvider clock)
    {
        _clock = clock;
        _requests = _meter.CreateCounter<long>(
            "serverless.http.requests", "{request}", "Requests, by function, class of status (2xx to 5xx, or gone: nobody waited for the answer) and time within which they were answered.");
    }

    /// <summary>When a request arrives: to be given back with its answer.</summary>
    internal long Arrived() => _clock.GetTimestamp();

    internal void Answered(string function, int status, bool gone, long arrived)
    {
        if (!_requests.Enabled)
            return;
        var took = _clock.GetElapsedTime(arrived).TotalMilliseconds;
        var within = Array.Find(Classes, one => took <= one.Milliseconds).Name ?? "longer";
        _requests.Add(1, [new("function", function), new("status", gone ? "gone" : $"{status / 100}xx"), new("within", within)]);
    }

    /// <summary>Whether the instrument is one of this object's: there may be several of a name in one process.</summary>
    internal bool Has(Instrument instrument) => instrument.Meter == _meter;

    public void Dispose() => _meter.Dispose();
}
