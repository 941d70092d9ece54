using Serverless.Queues;

namespace Serverless.Local.Host;

/// <summary>How the local queues deliver; the defaults are those of the queues in Azure.</summary>
public sealed record QueueOptions
{
    /// <summary>How long a received message stays hidden unless renewed: whole seconds, at least 1.</summary>
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromSeconds(QueueSettings.Ours.LockSeconds);

    /// <summary>Deliveries of one message before it becomes a dead letter: at least 1.</summary>
    public int MaxDeliveryCount { get; init; } = QueueSettings.Ours.MaxDeliveryCount;

    /// <summary>The longest pause between two looks at an empty queue: default 1 second; what this process sends is seen at once.</summary>
    public TimeSpan LongestPoll { get; init; } = TimeSpan.FromSeconds(1);
}
