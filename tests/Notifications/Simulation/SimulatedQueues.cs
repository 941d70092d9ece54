using Serverless.Queues;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Notifications;

/// <summary>Queues that deliver at least once, in no order: what was received and not settled is delivered again when its lock ends.</summary>
internal sealed class SimulatedQueues(Simulator simulator)
{
    private static readonly TimeSpan Lock = TimeSpan.FromSeconds(30);

    private readonly List<QueuedMessage> _messages = [];

    /// <summary>Messages that are not settled.</summary>
    public int Depth => _messages.Count;

    /// <summary>The sender of one instance.</summary>
    public IMessageSender Of(MortalLife life) => new Sender(this, life);

    /// <summary>Some message that is visible, locked from now on; null when there is none.</summary>
    public QueuedMessage? Receive()
    {
        var now = simulator.Time.GetUtcNow();
        var visible = _messages.Where(message => message.VisibleAt <= now).ToList();
        if (visible.Count == 0)
            return null;
        var message = visible[simulator.Random.Next(visible.Count)];
        message.VisibleAt = now + Lock;
        return message;
    }

    public void Settle(QueuedMessage message) => _messages.Remove(message);

    /// <summary>Everything is gone, as when the queue's region is.</summary>
    public void Lose() => _messages.Clear();

    private sealed class Sender(SimulatedQueues queues, MortalLife life) : IMessageSender
    {
        public async Task SendAsync(string queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
        {
            foreach (var message in messages)
            {
                await life.CallAsync(() =>
                {
                    queues._messages.Add(new QueuedMessage(queue, message.Body.ToString()) { VisibleAt = message.NotBefore ?? DateTimeOffset.MinValue });
                    return Task.FromResult(true);
                });
            }
        }
    }
}

/// <param name="Queue">Where it lies.</param>
/// <param name="Body">JSON.</param>
internal sealed record QueuedMessage(string Queue, string Body)
{
    public DateTimeOffset VisibleAt { get; set; }
}
