using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Serverless.Queues;

namespace Serverless.AzureHead;

/// <summary>Sends to the Service Bus namespace of this stamp.</summary>
internal sealed class ServiceBusMessageSender(ServiceBusClient client) : IMessageSender
{
    private readonly ConcurrentDictionary<string, ServiceBusSender> _senders = new(StringComparer.Ordinal);

    public async Task SendAsync(string queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        var sender = _senders.GetOrAdd(queue, client.CreateSender);
        var now = messages.Where(m => m.NotBefore is null).Select(ToServiceBus).ToList();
        if (now.Count > 0)
            await sender.SendMessagesAsync(now, cancellationToken);

        foreach (var later in messages)
        {
            if (later.NotBefore is { } due)
                await sender.ScheduleMessageAsync(ToServiceBus(later), due, cancellationToken);
        }
    }

    private static ServiceBusMessage ToServiceBus(OutgoingMessage message)
    {
        var result = new ServiceBusMessage(message.Body) { MessageId = message.Id, ContentType = "application/json" };
        foreach (var (name, value) in message.Properties ?? new Dictionary<string, string>())
            result.ApplicationProperties[name] = value;
        return result;
    }
}
