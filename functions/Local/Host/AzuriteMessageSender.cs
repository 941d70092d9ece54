using Serverless.Queues;

namespace Serverless.Local.Host;

/// <summary>
/// Sends to Azurite's queues. Every copy is delivered, also where Service Bus would drop a second message of one id: its
/// duplicate detection is an optimisation that no receiver may rely on.
/// </summary>
internal sealed class AzuriteMessageSender(AzuriteQueues queues, TimeProvider clock) : IMessageSender
{
    /// <summary>The longest time a message may be scheduled ahead: 7 days, the storage's bound.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(7);

    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    public async Task SendAsync(string queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var ready = messages.Select(m => Prepare(queue, m, now)).ToList();
        foreach (var (text, delay) in ready)
        {
            await queues.UseAsync(queue, q => q.SendMessageAsync(text, delay, Forever, cancellationToken), cancellationToken);
            if (delay == TimeSpan.Zero)
                queues.Wake(queue).Release();
        }
    }

    private static (string Text, TimeSpan Delay) Prepare(string queue, OutgoingMessage message, DateTimeOffset now)
    {
        // In whole seconds, as the storage counts, and never early.
        var delay = message.NotBefore is { } due && due > now
            ? TimeSpan.FromSeconds(Math.Ceiling((due - now).TotalSeconds))
            : TimeSpan.Zero;
        if (delay > LongestDelay)
            throw new ArgumentException($"The message {message.Id} to {queue} is scheduled {delay} ahead; a local queue takes {LongestDelay}.");

        var envelope = new QueueEnvelope(
            message.Id, now + delay, message.Properties ?? new Dictionary<string, string>(), message.Body.ToString());
        return (envelope.Write(queue), delay);
    }
}
