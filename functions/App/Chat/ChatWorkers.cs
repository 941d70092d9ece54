using Microsoft.Azure.Functions.Worker;

namespace Serverless.Chat;

/// <summary>The room's workers.</summary>
public sealed class ChatWorkers
{
    private readonly Pushes _pushes;
    private readonly AbsentNotices _absent;
    private readonly Departures _departures;

    public ChatWorkers(Pushes pushes, AbsentNotices absent, Departures departures) => (_pushes, _absent, _departures) = (pushes, absent, departures);

    [Function("chat-relay-run")]
    public Task Relay([ServiceBusTrigger(Pushes.Queue, Connection = "ServiceBus")] RelayMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _pushes.RelayAsync(message, cancellationToken);
    }

    [Function("chat-absent-run")]
    public Task Absent([ServiceBusTrigger(AbsentSchedule.Queue, Connection = "ServiceBus")] AbsentMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _absent.LookAsync(message.Room, cancellationToken);
    }

    [Function("chat-departed-run")]
    public Task Departed([ServiceBusTrigger(Departures.Queue, Connection = "ServiceBus")] DepartedMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _departures.LookAsync(message.User, cancellationToken);
    }
}
