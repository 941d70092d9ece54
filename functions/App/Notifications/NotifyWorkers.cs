using Microsoft.Azure.Functions.Worker;

namespace Serverless.Notifications;

/// <summary>The room's workers: one queue for expanding recipients, one for each carrier, so that a slow one holds up no other.</summary>
public sealed class NotifyWorkers
{
    private readonly FanoutWorker _fanout;
    private readonly BatchSender _sender;

    public NotifyWorkers(FanoutWorker fanout, BatchSender sender) => (_fanout, _sender) = (fanout, sender);

    [Function("notify-fanout-run")]
    public Task Fanout([ServiceBusTrigger(NotifyQueues.Fanout, Connection = "ServiceBus")] FanoutMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _fanout.RunAsync(ChunkName.Parse(message.Chunk) ?? throw new ArgumentException($"'{message.Chunk}' names no chunk."), cancellationToken);
    }

    [Function("notify-ios-run")]
    public Task Ios([ServiceBusTrigger("notify-ios", Connection = "ServiceBus")] BatchMessage message, CancellationToken cancellationToken) => SendAsync(message, cancellationToken);

    [Function("notify-android-run")]
    public Task Android([ServiceBusTrigger("notify-android", Connection = "ServiceBus")] BatchMessage message, CancellationToken cancellationToken) => SendAsync(message, cancellationToken);

    [Function("notify-sms-run")]
    public Task Sms([ServiceBusTrigger("notify-sms", Connection = "ServiceBus")] BatchMessage message, CancellationToken cancellationToken) => SendAsync(message, cancellationToken);

    [Function("notify-email-run")]
    public Task Email([ServiceBusTrigger("notify-email", Connection = "ServiceBus")] BatchMessage message, CancellationToken cancellationToken) => SendAsync(message, cancellationToken);

    [Function("notify-inapp-run")]
    public Task InApp([ServiceBusTrigger("notify-inapp", Connection = "ServiceBus")] BatchMessage message, CancellationToken cancellationToken) => SendAsync(message, cancellationToken);

    private Task SendAsync(BatchMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _sender.RunAsync(BatchName.Parse(message.Batch) ?? throw new ArgumentException($"'{message.Batch}' names no batch."), cancellationToken);
    }
}
