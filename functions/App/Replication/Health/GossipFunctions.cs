using Microsoft.Azure.Functions.Worker;

namespace Serverless.Replication;

/// <summary>One round of gossip every 10 s. Rounds of several instances may overlap: they only merge what the others merged.</summary>
public sealed class GossipFunctions(HealthGossip gossip)
{
    [Function("replication-gossip")]
    public Task Run([TimerTrigger("*/10 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        gossip.RunAsync(cancellationToken);
}
