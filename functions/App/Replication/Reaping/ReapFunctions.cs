using Microsoft.Azure.Functions.Worker;

namespace Serverless.Replication;

/// <summary>The timer of reaping. Runs may overlap: leases keep them apart, and nothing is deleted twice.</summary>
public sealed class ReapFunctions(TombstoneReaper reaper)
{
    // Between two runs of anti-entropy, which it waits for.
    [Function("replication-reap")]
    public Task Run([TimerTrigger("0 2-57/5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        reaper.RunAsync(cancellationToken);
}
