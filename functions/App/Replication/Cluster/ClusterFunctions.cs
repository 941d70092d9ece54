using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Replication;

/// <summary>The cluster as this instance sees it.</summary>
public sealed class ClusterFunctions(ClusterViews views, HealthGossip gossip)
{
    [Function("cluster-get")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Shows the ring and its nodes", Description = "Health is what the answering instance saw; opinions are what each stamp holds of the node, since when and how recently it saw a call's outcome, as far as word has come to this region. Hints are writes kept for owners that did not take them; repair is the last run of anti-entropy of each region. While the membership changes, move tells how far it is, and both the node that comes and the one that goes are among the nodes; partitions counts those that a node owns in the ring in force.")]
    [Answer(200, "Epoch, partitions, nodes, hints and repair; a node's opinions are null when no node answered to tell them", "application/json")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "cluster")] HttpRequest request)
    {
        if (await views.GetAsync(request.HttpContext.RequestAborted) is not { } view)
            return Problems.NoQuorum(0, 0, "Too few nodes answer to tell the cluster's membership.");

        var owned = Enumerable.Range(0, view.Ring.Partitions)
            .SelectMany(partition => view.Ring.Owners(partition).ToArray())
            .CountBy(node => node.Id)
            .ToDictionary();
        var opinions = await gossip.ReadAsync(view, request.HttpContext.RequestAborted) is GossipRead.Known(var digests)
            ? digests.ToLookup(digest => digest.Node)
            : null;
        var hints = await Task.WhenAll(view.Nodes.Values.Select(async node => (node.Id, Kept: await HintState.ListAsync(node, request.HttpContext.RequestAborted))));
        var move = await MoveProgress.ReadAsync(view, request.HttpContext.RequestAborted);
        var sweeps = await SweepRecord.ReadAllAsync(view, request.HttpContext.RequestAborted);
        return Results.Json(new
        {
            epoch = view.Epoch,
            partitions = view.Ring.Partitions,
            copies = view.Ring.Copies,
            region = views.Region,
            move = move is null ? null : MoveAnswer.Of(move.Move, move),
            nodes = view.Document.Nodes.Select(member => (member, node: view.Nodes[member.Id], health: view.Nodes[member.Id].Health.Snapshot())).Select(n => new
            {
                id = n.member.Id,
                region = n.member.Region,
                weight = n.member.Weight,
                incarnation = n.node.Incarnation.ToString("x16"),
                state = StateOf(n.node, view.Document.Move),
                up = n.health.Up,
                downSince = n.health.Up ? default(DateTimeOffset?) : n.health.Since,
                since = n.health.Since,
                lastAnsweredAt = n.health.AnsweredAt,
                errorRate = Math.Round(n.health.ErrorRate, 4),
                p50Milliseconds = Math.Round(n.health.P50.TotalMilliseconds, 2),
                p95Milliseconds = Math.Round(n.health.P95.TotalMilliseconds, 2),
                p99Milliseconds = Math.Round(n.health.P99.TotalMilliseconds, 2),
                calls = n.health.Calls,
                partitions = owned.GetValueOrDefault(n.member.Id),
                opinions = opinions?[n.member.Id].Select(digest => new
                {
                    stamp = digest.Stamp,
                    up = digest.Up,
                    since = digest.Since,
                    errorRate = digest.ErrorRate,
                    p95Milliseconds = digest.P95Milliseconds,
                    calls = digest.Calls,
                    seenAt = digest.SeenAt,
                }),
            }),
            hints = hints.SelectMany(node => (node.Kept ?? []).Where(kept => kept.Count > 0 || kept.FullSince is not null).Select(kept => new
            {
                node = node.Id,
                waitingFor = kept.Owner,
                count = kept.Count,
                fullRepairSince = kept.FullSince,
                deliveredAt = kept.DeliveredAt,
                nextTry = kept.NextTry,
            })),
            repair = sweeps.Select(sweep => new
            {
                region = sweep.Region,
                startedAt = sweep.StartedAt,
                endedAt = sweep.EndedAt,
                partitionsDue = sweep.Due,
                partitions = sweep.Report.Partitions,
                complete = sweep.Report.Complete,
                differences = sweep.Report.Differences,
                leavesRebuilt = sweep.Report.Rebuilt,
            }),
        });
    }

    private static string StateOf(Node node, ClusterMove? move) =>
        !node.Votes ? "refilling"
        : move?.Node != node.Id ? "member"
        : move.Kind switch { MoveKind.Join => "joining", MoveKind.Leave => "leaving", _ => "member" };
}
