using Microsoft.Azure.Functions.Worker;

namespace Serverless.Replication;

/// <summary>The timer of hinted hand-off.</summary>
public sealed class HandoverFunctions(HintHandover handover)
{
    [Function("replication-handover")]
    public Task Run([TimerTrigger("*/15 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        handover.RunAsync(cancellationToken);
}
