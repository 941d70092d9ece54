using Microsoft.Azure.Functions.Worker;

namespace Serverless.Notifications;

/// <summary>The room's timers.</summary>
public sealed class NotificationsTimers
{
    private readonly OpenSweeper _sweeper;
    private readonly NotificationsExpiry _expiry;

    public NotificationsTimers(OpenSweeper sweeper, NotificationsExpiry expiry) => (_sweeper, _expiry) = (sweeper, expiry);

    [Function("notifications-sweep")]
    public Task Sweep([TimerTrigger("20 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => _sweeper.RunAsync(cancellationToken);

    [Function("notifications-expiry")]
    public Task Expire([TimerTrigger("0 47 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => _expiry.RunAsync(cancellationToken);
}
