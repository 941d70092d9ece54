using System.Diagnostics.Metrics;

namespace Serverless.Notifications;

/// <summary>The room's metrics, under the meter "Serverless.Notifications".</summary>
public sealed class NotificationsMetrics : IDisposable
{
    private readonly Meter _meter = new("Serverless.Notifications");
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _unqueued;
    private readonly Counter<long> _turns;

    public NotificationsMetrics()
    {
        _accepted = _meter.CreateCounter<long>("serverless.notifications.accepted", "{recipient}", "Recipients of notifications that were accepted.");
        _unqueued = _meter.CreateCounter<long>("serverless.notifications.unqueued", "{recipient}", "Recipients of notifications that were accepted while the queue did not answer: the sweeper queues them.");
        _turns = _meter.CreateCounter<long>("serverless.notifications.turns", "{turn}", "Turns of workers with a delivery, by carrier and outcome.");
    }

    internal void Accepted(int recipients) => _accepted.Add(recipients);

    internal void Unqueued(int recipients) => _unqueued.Add(recipients);

    internal void Sent(Carrier carrier, Outcome outcome) => _turns.Add(1, new("carrier", carrier.Name()), new("outcome", outcome switch
    {
        Outcome.Suppressed => "suppressed",
        Outcome.PutOff => "put-off",
        Outcome.Answered(_, var answer) => answer.GetType().Name,
        _ => "none",
    }));

    public void Dispose() => _meter.Dispose();
}
