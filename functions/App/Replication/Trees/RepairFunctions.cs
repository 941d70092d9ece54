using Microsoft.Azure.Functions.Worker;

namespace Serverless.Replication;

/// <summary>The timers of anti-entropy. Runs of several instances may overlap: leases keep them apart, and what both did is done once.</summary>
public sealed class RepairFunctions(AntiEntropy antiEntropy, RollUp rollUp)
{
    // The schedule is fixed, since a setting named here must exist before the host starts; Replication:RepairMinutes slows it down.
    [Function("replication-repair")]
    public Task Repair([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        antiEntropy.RunAsync(cancellationToken);

    [Function("replication-rollup")]
    public Task RollUp([TimerTrigger("30 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        rollUp.RunAsync(cancellationToken);
}
