namespace Serverless.Queues;

/// <summary>Puts messages on durable queues: Service Bus in Azure, Azurite queues in the local cloud.</summary>
public interface IMessageSender
{
    /// <summary>Sends all messages to <paramref name="queue"/>; each arrives at least once. When this throws, any prefix may have been sent.</summary>
    Task SendAsync(string queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken);
}

/// <summary>One message to send.</summary>
/// <param name="Id">Names the message; copies with one id within the queue's duplicate detection window are dropped by Service Bus.</param>
/// <param name="Body">JSON, at most 48 KiB so that it fits every queue below.</param>
/// <param name="NotBefore">When it may be received first; null means at once.</param>
/// <param name="Properties">Application properties, delivered beside the body.</param>
public sealed record OutgoingMessage(
    string Id,
    BinaryData Body,
    DateTimeOffset? NotBefore = null,
    IReadOnlyDictionary<string, string>? Properties = null);
