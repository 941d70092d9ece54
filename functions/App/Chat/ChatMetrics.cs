using System.Diagnostics.Metrics;

namespace Serverless.Chat;

/// <summary>The room's metrics, under the meter "Serverless.Chat".</summary>
public sealed class ChatMetrics : IDisposable
{
    private readonly Meter _meter = new("Serverless.Chat");
    private readonly Counter<long> _events;
    private readonly Counter<long> _commits;
    private readonly Counter<long> _pushes;

    public ChatMetrics()
    {
        _events = _meter.CreateCounter<long>("serverless.chat.events", "{event}", "Events of rooms, by kind.");
        _commits = _meter.CreateCounter<long>("serverless.chat.commits", "{commit}", "Changes of rooms' registers by which they were committed, several at a time under load.");
        _pushes = _meter.CreateCounter<long>("serverless.chat.pushes", "{push}", "Pushes to those who are connected, by way (here, queue, relay) and outcome (ok, failed): heartbeats make good what failed.");
    }

    internal void Committed(IReadOnlyList<RoomEvent> events)
    {
        _commits.Add(1);
        foreach (var kind in events.CountBy(one => one.Kind))
            _events.Add(kind.Value, new KeyValuePair<string, object?>("kind", kind.Key.ToString()));
    }

    internal void Pushed(string way, bool failed) => _pushes.Add(1, new("way", way), new("outcome", failed ? "failed" : "ok"));

    public void Dispose() => _meter.Dispose();
}
