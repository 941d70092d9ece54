using Microsoft.Azure.Functions.Worker;

namespace Serverless.Replication;

/// <summary>The timer of changes of membership. Runs of several instances may overlap: leases keep them apart, and what both did is done once.</summary>
public sealed class MoveFunctions(PartitionMover mover)
{
    [Function("replication-move")]
    public Task Run([TimerTrigger("*/15 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        mover.RunAsync(cancellationToken);
}
