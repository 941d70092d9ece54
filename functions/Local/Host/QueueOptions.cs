namespace Serverless.Local.Host;

/// <summary>How the local queues deliver; the defaults are those of a Service Bus queue unless said otherwise.</summary>
public sealed record QueueOptions
{
    /// <summary>How long a received message stays hidden unless renewed: whole seconds, at least 1, default 30.</summary>
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Deliveries of one message before it becomes a dead letter: at least 1, default 10.</summary>
    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>The longest pause between two looks at an empty queue: default 1 second; what this process sends is seen at once.</summary>
    public TimeSpan LongestPoll { get; init; } = TimeSpan.FromSeconds(1);
}
