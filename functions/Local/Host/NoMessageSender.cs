using Serverless.Queues;

namespace Serverless.Local.Host;

/// <summary>The sender of a head without storage: refuses, with the reason.</summary>
internal sealed class NoMessageSender : IMessageSender
{
    public Task SendAsync(string queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"This head was started without storage, so it has no queue {queue}.");
}
