using Microsoft.Azure.Functions.Worker;

namespace Serverless.Notifications;

/// <summary>Takes in the dead letters of the room's queues.</summary>
public sealed class NotifyDeadLetters
{
    private const string Dead = "/$deadletterqueue";

    private readonly PoisonMessages _poison;

    public NotifyDeadLetters(PoisonMessages poison) => _poison = poison;

    [Function("notify-fanout-dead")]
    public Task Fanout([ServiceBusTrigger(NotifyQueues.Fanout + Dead, Connection = "ServiceBus")] FanoutMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return ParkAsync(ChunkName.Parse(message.Chunk), NotifyQueues.Fanout, cancellationToken);
    }

    [Function("notify-ios-dead")]
    public Task Ios([ServiceBusTrigger("notify-ios" + Dead, Connection = "ServiceBus")] BatchMessage message, CancellationToken cancellationToken) => ParkAsync(message, cancellationToken);

    [Function("notify-android-dead")]
    public Task Android([ServiceBusTrigger("notify-android" + Dead, Connection = "ServiceBus")] BatchMessage message, CancellationToken cancellationToken) => ParkAsync(message, cancellationToken);

    [Function("notify-sms-dead")]
    public Task Sms([ServiceBusTrigger("notify-sms" + Dead, Connection = "ServiceBus")] BatchMessage message, CancellationToken cancellationToken) => ParkAsync(message, cancellationToken);

    [Function("notify-email-dead")]
    public Task Email([ServiceBusTrigger("notify-email" + Dead, Connection = "ServiceBus")] BatchMessage message, CancellationToken cancellationToken) => ParkAsync(message, cancellationToken);

    [Function("notify-inapp-dead")]
    public Task InApp([ServiceBusTrigger("notify-inapp" + Dead, Connection = "ServiceBus")] BatchMessage message, CancellationToken cancellationToken) => ParkAsync(message, cancellationToken);

    private Task ParkAsync(BatchMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var batch = BatchName.Parse(message.Batch);
        return ParkAsync(batch?.Chunk, batch?.Carrier.Queue() ?? "", cancellationToken);
    }

    // What names nothing of ours nobody can let begin anew.
    private Task ParkAsync(ChunkName? chunk, string queue, CancellationToken cancellationToken) =>
        chunk is { } name ? _poison.ParkAsync(name, queue, cancellationToken) : Task.CompletedTask;
}
