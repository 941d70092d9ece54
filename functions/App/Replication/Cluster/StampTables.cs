using Serverless.Http;

namespace Serverless.Replication;

/// <summary>Health of the stamp's own tables. Other regions do not count: a stamp that still reaches a quorum elsewhere serves.</summary>
internal sealed class StampTables(ClusterViews views)
{
    private const string Name = "tables";

    public async Task<HealthCheck> CheckAsync(CancellationToken cancellationToken)
    {
        if (await views.GetAsync(cancellationToken) is not { } view)
            return new HealthCheck(Name, HealthStatus.Unhealthy, "Too few nodes answer to tell the cluster's membership.");

        var local = view.Nodes.Values.Where(n => n.Region == views.Region).ToList();
        var answered = await Task.WhenAll(local.Select(async node =>
            await node.Replica.ReadAsync(PartitionNames.Of(0), "health", cancellationToken) is not RowRead.Unavailable));
        var up = answered.Count(a => a);
        return up == local.Count
            ? new HealthCheck(Name, HealthStatus.Healthy, $"All {local.Count} nodes in {views.Region} answer.")
            : new HealthCheck(Name, HealthStatus.Degraded, $"{up} of {local.Count} nodes in {views.Region} answer; the others serve from their copies.");
    }
}
