using Microsoft.Azure.Functions.Worker;

namespace Serverless.Replication;

/// <summary>Brings nodes that lost their state back. Runs of several stamps may overlap: they only repeat each other's merges.</summary>
public sealed class RefillFunctions(NodeRefill refill)
{
    /// <summary>How often the timer fires.</summary>
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    [Function("replication-refill")]
    public Task Run([TimerTrigger("*/15 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        refill.RunAsync(cancellationToken);
}
