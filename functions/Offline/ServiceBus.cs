using Azure.Core;

namespace Azure.Messaging.ServiceBus;

public class ServiceBusClient : IAsyncDisposable
{
    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential) => throw new PlatformNotSupportedException();

    public virtual ServiceBusSender CreateSender(string queueOrTopicName) => throw new PlatformNotSupportedException();

    public virtual ValueTask DisposeAsync() => throw new PlatformNotSupportedException();
}

public class ServiceBusSender
{
    protected ServiceBusSender()
    {
    }

    public virtual Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default) =>
        throw new PlatformNotSupportedException();

    public virtual Task SendMessagesAsync(IEnumerable<ServiceBusMessage> messages, CancellationToken cancellationToken = default) =>
        throw new PlatformNotSupportedException();

    public virtual Task<long> ScheduleMessageAsync(
        ServiceBusMessage message, DateTimeOffset scheduledEnqueueTime, CancellationToken cancellationToken = default) =>
        throw new PlatformNotSupportedException();
}

public class ServiceBusMessage
{
    public ServiceBusMessage(BinaryData body) => throw new PlatformNotSupportedException();

    public string MessageId
    {
        get => throw new PlatformNotSupportedException();
        set => throw new PlatformNotSupportedException();
    }

    public string ContentType
    {
        get => throw new PlatformNotSupportedException();
        set => throw new PlatformNotSupportedException();
    }

    public IDictionary<string, object> ApplicationProperties => throw new PlatformNotSupportedException();
}
