using Microsoft.Azure.Functions.Worker;

namespace Serverless.Replication;

/// <summary>Brings nodes that lost their state back. One stamp does it, since each would compare every partition again, or all when that one does not get it done: they only repeat each other's merges.</summary>
public sealed class RefillFunctions(NodeRefill refill, StampDuties duties)
{
    /// <summary>How often the timer fires.</summary>
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    [Function("replication-refill")]
    public async Task Run([TimerTrigger("*/15 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        if (await duties.LeadsAsync(cancellationToken) || await refill.IsOverdueAsync(cancellationToken))
            await refill.RunAsync(cancellationToken);
    }
}
