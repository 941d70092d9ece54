using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Replication;

/// <summary>Changes of membership. They take minutes: the answer tells that one has begun, and GET /cluster how far it is.</summary>
public sealed class MembershipFunctions(Membership membership, ClusterViews views)
{
    [Function("cluster-nodes-put")]
    [Idempotent]
    [Access(Access.Services | Access.Operators)]
    [Operation("Lets a node join the ring, or gives a member another weight", Description = "One change at a time. Data moves under load: while the move is joint both rings count, then the owners before it drop what they had. A node that configuration does not name needs its region and endpoint, in the domain of the others'.")]
    [Body("application/json", "{\"id\":\"kr-3\",\"region\":\"koreacentral\",\"weight\":100,\"endpoint\":\"https://account.table.core.windows.net\"}; weight is 1 to 1,000, default 100")]
    [Answer(200, "It is a member, with this weight", "application/json")]
    [Answer(202, "The move has begun, or is under way: its kind, node, weight, phase, and how many of its partitions are done", "application/json")]
    [Answer(400, "bad-json, bad-node")]
    [Answer(409, "node-exists: in another region; move-under-way; node-refilling")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum, node-unreachable")]
    public async Task<IResult> Put([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "cluster/nodes")] HttpRequest request)
    {
        var (node, refusal) = await NodeRequest.ReadAsync(request);
        return node is null ? refusal! : await AnswerAsync(request, await membership.PutAsync(node, request.HttpContext.RequestAborted));
    }

    [Function("cluster-nodes-delete")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Lets a node leave the ring", Description = "Its data is copied to those that own it then; it is a member until that is done and it holds no hint. A node whose account is lost is refilled first, then it may leave.")]
    [Answer(202, "The move has begun, or is under way", "application/json")]
    [Answer(404, "node-not-found")]
    [Answer(409, "last-node-of-region, too-few-nodes, move-under-way, node-refilling")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "cluster/nodes/{id}")] HttpRequest request, string id) =>
        await AnswerAsync(request, await membership.RemoveAsync(id, request.HttpContext.RequestAborted));

    [Function("cluster-nodes-loss")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Declares that a node lost its state", Description = "For an account that was deleted, emptied or restored to an older day, once it answers again under the node's endpoint. The node begins anew, without anything that it may still have, and votes when it was refilled from the other owners of its keys. Declared twice, it begins once.")]
    [Answer(202, "It is being refilled: the epoch of that", "application/json")]
    [Answer(404, "node-not-found")]
    [Answer(409, "too-few-nodes: acknowledged writes may be on this node alone")]
    [Answer(503, "no-quorum: or the node's account does not answer")]
    public async Task<IResult> Lose([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "cluster/nodes/{id}/loss")] HttpRequest request, string id) =>
        await membership.LoseAsync(id, request.HttpContext.RequestAborted) switch
        {
            MembershipResult.Changed(var document) => Results.Json(new { epoch = document.Epoch }, statusCode: StatusCodes.Status202Accepted),
            MembershipResult.Unchanged(var document) => Results.Json(new { epoch = document.Epoch }, statusCode: StatusCodes.Status202Accepted),
            var other => await AnswerAsync(request, other),
        };

    private async Task<IResult> AnswerAsync(HttpRequest request, MembershipResult result) => result switch
    {
        MembershipResult.Changed(var document) => await AcceptedAsync(request, document),
        MembershipResult.Unchanged({ Move: not null } document) => await AcceptedAsync(request, document),
        MembershipResult.Unchanged(var document) => Results.Json(new { epoch = document.Epoch }),
        MembershipResult.Refused(MembershipRefusal.Invalid, var sentence) => NodeRequest.Bad(sentence),
        MembershipResult.Refused(MembershipRefusal.UnknownNode, var sentence) => Problems.NotFound("node-not-found", sentence),
        MembershipResult.Refused(MembershipRefusal.Unreachable, var sentence) => Problems.Unavailable(
            "node-unreachable", "The node does not answer", $"{sentence} Nothing was changed.", TimeSpan.FromSeconds(5)),
        MembershipResult.Refused(var why, var sentence) => Problems.Conflict(TypeOf(why), $"{sentence} Nothing was changed."),
        _ => Problems.NoQuorum(0, 0, "Too few nodes answer to change the membership. It may have changed all the same: ask again, it does not begin twice."),
    };

    private async Task<IResult> AcceptedAsync(HttpRequest request, ClusterDocument document)
    {
        var progress = await views.GetAsync(request.HttpContext.RequestAborted) is { } view && view.Document.IsSameAs(document)
            ? await MoveProgress.ReadAsync(view, request.HttpContext.RequestAborted)
            : null;
        return Results.Json(new { epoch = document.Epoch, move = MoveAnswer.Of(document.Move!, progress) }, statusCode: StatusCodes.Status202Accepted);
    }

    private static string TypeOf(MembershipRefusal why) => why switch
    {
        MembershipRefusal.IdTaken => "node-exists",
        MembershipRefusal.LastOfRegion => "last-node-of-region",
        MembershipRefusal.TooFewNodes => "too-few-nodes",
        MembershipRefusal.Refilling => "node-refilling",
        _ => "move-under-way",
    };
}

/// <summary>A move as clients see it.</summary>
/// <param name="Kind">join, leave or reweigh.</param>
/// <param name="Node">Which node.</param>
/// <param name="Weight">Its weight after it.</param>
/// <param name="Phase">joint or dropping.</param>
/// <param name="Since">When the phase began.</param>
/// <param name="Partitions">Partitions whose owners change; null when it could not be told.</param>
/// <param name="PartitionsDone">Those with which the phase is done, as far as nodes answered.</param>
internal sealed record MoveAnswer(string Kind, string Node, int Weight, string Phase, DateTimeOffset Since, int? Partitions, int? PartitionsDone)
{
    public static MoveAnswer Of(ClusterMove move, MoveProgress? progress) => new(
        move.Kind.ToString().ToLowerInvariant(), move.Node, move.Weight, move.Phase.ToString().ToLowerInvariant(), move.Since, progress?.Partitions, progress?.Done);
}
