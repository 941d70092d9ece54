using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Replication;

/// <summary>The cluster as this instance sees it.</summary>
public sealed class ClusterFunctions(ClusterViews views)
{
    [Function("cluster-get")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Shows the ring and its nodes", Description = "Health is what the answering instance saw.")]
    [Answer(200, "Epoch, partitions and nodes", "application/json")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "cluster")] HttpRequest request)
    {
        if (await views.GetAsync(request.HttpContext.RequestAborted) is not { } view)
            return Problems.NoQuorum(0, 0, "Too few nodes answer to tell the cluster's membership.");

        var owned = Enumerable.Range(0, view.Ring.Partitions)
            .SelectMany(partition => view.Ring.Owners(partition).ToArray())
            .CountBy(node => node.Id)
            .ToDictionary();
        return Results.Json(new
        {
            epoch = view.Epoch,
            partitions = view.Ring.Partitions,
            copies = view.Ring.Copies,
            region = views.Region,
            nodes = view.Ring.Nodes.Select(member => (member, node: view.Nodes[member.Id])).Select(n => new
            {
                id = n.member.Id,
                region = n.member.Region,
                weight = n.member.Weight,
                incarnation = n.node.Incarnation.ToString("x16"),
                state = n.node.Votes ? "member" : "refilling",
                up = !n.node.Health.IsDown,
                downSince = n.node.Health.DownSince,
                p95Milliseconds = Math.Round(n.node.Health.P95.TotalMilliseconds, 2),
                partitions = owned.GetValueOrDefault(n.member.Id),
            }),
        });
    }
}
