using Serverless.Ring;

namespace Serverless.Replication;

/// <summary>
/// The steps of a change of membership, each from one document to the next: joint, dropping, finished. Pure; whoever publishes one asks again when another change came first.
/// </summary>
public static class MembershipSteps
{
    /// <summary>The joint epoch in which a node comes. It begins as a fresh, empty incarnation that takes part at once: what was written before is on the owners before it too.</summary>
    /// <param name="document">In force.</param>
    /// <param name="node">Id, region and weight.</param>
    /// <param name="endpoint">Its table endpoint; null when configuration names it.</param>
    /// <param name="now">When.</param>
    /// <param name="random">64 random bits.</param>
    public static MembershipResult Join(ClusterDocument document, RingNode node, Uri? endpoint, DateTimeOffset now, Func<ulong> random)
    {
        if (Busy(document) is { } busy)
            return busy;
        if (document.Nodes.Any(n => n.Id == node.Id))
            return Refused(MembershipRefusal.IdTaken, $"There is a node '{node.Id}' already.");
        if (Broken(document, [.. document.Nodes.Select(RingNodeOf), node]) is { } broken)
            return broken;

        var incarnation = random();
        var member = new ClusterMember(node.Id, node.Region, node.Weight, incarnation, ClusterMember.TableOf(incarnation), MemberState.Member, now, endpoint);
        return new MembershipResult.Changed(Begun(document, new ClusterMove(MoveKind.Join, node.Id, node.Weight, MovePhase.Joint, now), random) with
        {
            Nodes = [.. document.Nodes.Append(member).OrderBy(n => n.Id, StringComparer.Ordinal)],
            Regions = [.. document.Regions.Union([node.Region], StringComparer.Ordinal)],
        });
    }

    /// <summary>The joint epoch in which a node goes. It stays among the members until its data has been dropped.</summary>
    /// <param name="document">In force.</param>
    /// <param name="id">Which node.</param>
    /// <param name="now">When.</param>
    /// <param name="random">64 random bits.</param>
    public static MembershipResult Leave(ClusterDocument document, string id, DateTimeOffset now, Func<ulong> random)
    {
        if (document.Nodes.FirstOrDefault(n => n.Id == id) is not { } member)
            return Unknown(id);
        if (Busy(document) is { } busy)
            return busy;
        if (document.Nodes.Count(n => n.Region == member.Region) == 1)
            return Refused(MembershipRefusal.LastOfRegion, $"Node '{id}' is the last of region '{member.Region}'.");
        return document.Nodes.Count <= document.Copies
            ? Refused(MembershipRefusal.TooFewNodes, $"There are {document.Nodes.Count} nodes for {document.Copies} copies: none can be spared.")
            : new MembershipResult.Changed(Begun(document, new ClusterMove(MoveKind.Leave, id, member.Weight, MovePhase.Joint, now), random));
    }

    /// <summary>The epoch in which a member that lost its state begins anew: empty, under a new incarnation, to be refilled. One that is being refilled already stays as it is.</summary>
    /// <param name="document">In force.</param>
    /// <param name="id">Which node.</param>
    /// <param name="writeQuorum">W: so many owners held each acknowledged write.</param>
    /// <param name="now">When.</param>
    /// <param name="random">64 random bits.</param>
    public static MembershipResult Lose(ClusterDocument document, string id, int writeQuorum, DateTimeOffset now, Func<ulong> random)
    {
        if (document.Nodes.FirstOrDefault(n => n.Id == id) is not { } member)
            return Unknown(id);
        var lost = new HashSet<string>([id], StringComparer.Ordinal);
        return member.State != MemberState.Member ? new MembershipResult.Unchanged(document)
            : !document.CanLose(lost, writeQuorum) ? Refused(MembershipRefusal.TooFewNodes, $"Beside '{id}' so many owners of some keys are empty that acknowledged writes may be on it alone.")
            : new MembershipResult.Changed(document.Reincarnate(lost, random, now));
    }

    /// <summary>The joint epoch in which a node gets another weight. Its member keeps the old one until the move is finished.</summary>
    /// <param name="document">In force.</param>
    /// <param name="id">Which node.</param>
    /// <param name="weight">1 to 1,000.</param>
    /// <param name="now">When.</param>
    /// <param name="random">64 random bits.</param>
    public static MembershipResult Reweigh(ClusterDocument document, string id, int weight, DateTimeOffset now, Func<ulong> random)
    {
        if (document.Nodes.FirstOrDefault(n => n.Id == id) is not { } member)
            return Unknown(id);
        if (Busy(document) is { } busy)
            return busy;
        if (member.Weight == weight)
            return Refused(MembershipRefusal.Invalid, $"Node '{id}' has the weight {weight} already.");
        return Broken(document, document.Nodes.Select(n => n.Id == id ? RingNodeOf(n) with { Weight = weight } : RingNodeOf(n))) is { } broken
            ? broken
            : new MembershipResult.Changed(Begun(document, new ClusterMove(MoveKind.Reweigh, id, weight, MovePhase.Joint, now), random));
    }

    /// <summary>The epoch in which the ring after a joint move is in force, once all data that it places elsewhere is there; null unless this very move is joint and all members vote.</summary>
    public static ClusterDocument? Switch(ClusterDocument document, ClusterMove move, DateTimeOffset now, Func<ulong> random) =>
        move.Phase == MovePhase.Joint && document.Move == move && AllVote(document)
            ? Begun(document, move with { Phase = MovePhase.Dropping, Since = now }, random)
            : null;

    /// <summary>
    /// The epoch after a move whose data has been dropped where it was before: one that left is no member any more, one that was reweighed has its weight.
    /// Null unless this very move is dropping and all members vote.
    /// </summary>
    public static ClusterDocument? Finish(ClusterDocument document, ClusterMove move, Func<ulong> random) =>
        move.Phase == MovePhase.Dropping && document.Move == move && AllVote(document)
            ? Begun(document, null, random) with { Nodes = [.. document.After(move)] }
            : null;

    /// <summary>No member is being refilled.</summary>
    public static bool AllVote(ClusterDocument document) => document.Nodes.All(n => n.State == MemberState.Member);

    private static MembershipResult.Refused? Busy(ClusterDocument document) =>
        document.Move is { } move
            ? Refused(MembershipRefusal.UnderWay, $"Another change is under way: {move.Kind.ToString().ToLowerInvariant()} of node '{move.Node}'.")
        : document.Nodes.FirstOrDefault(n => n.State != MemberState.Member) is { } refilling
            ? Refused(MembershipRefusal.Refilling, $"Node '{refilling.Id}' is being refilled.")
        : null;

    private static MembershipResult.Refused? Broken(ClusterDocument document, IEnumerable<RingNode> nodes) =>
        HashRing.TryCreate(nodes, document.Partitions, document.Copies, document.Epoch).Refusal is { } sentence ? Refused(MembershipRefusal.Invalid, sentence) : null;

    private static MembershipResult.Refused Unknown(string id) => Refused(MembershipRefusal.UnknownNode, $"There is no node '{id}'.");

    private static MembershipResult.Refused Refused(MembershipRefusal why, string sentence) => new(why, sentence);

    private static RingNode RingNodeOf(ClusterMember member) => new(member.Id, member.Region, member.Weight);

    private static ClusterDocument Begun(ClusterDocument document, ClusterMove? move, Func<ulong> random) =>
        document with { Epoch = document.Epoch + 1, Change = random(), Move = move };
}

/// <summary>What becomes of a change of membership that somebody asks for.</summary>
public abstract record MembershipResult
{
    /// <summary>The document that is to be published, or was.</summary>
    public sealed record Changed(ClusterDocument Document) : MembershipResult;

    /// <summary>It is as was asked for, or on the way to it.</summary>
    public sealed record Unchanged(ClusterDocument Document) : MembershipResult;

    /// <summary>Too few nodes answer to tell the membership. The change may have been made all the same: asking again tells.</summary>
    public sealed record NoQuorum : MembershipResult;

    /// <param name="Why">For programs.</param>
    /// <param name="Sentence">For people.</param>
    public sealed record Refused(MembershipRefusal Why, string Sentence) : MembershipResult;
}

public enum MembershipRefusal
{
    /// <summary>There is no such member.</summary>
    UnknownNode,

    /// <summary>There is such a member.</summary>
    IdTaken,

    /// <summary>A region keeps at least one node.</summary>
    LastOfRegion,

    /// <summary>There would be fewer nodes than copies.</summary>
    TooFewNodes,

    /// <summary>One change at a time.</summary>
    UnderWay,

    /// <summary>A member that lost its state must be refilled first.</summary>
    Refilling,

    /// <summary>The node breaks a rule of the ring or of the configuration, or nothing would change.</summary>
    Invalid,

    /// <summary>A node that is to join does not answer.</summary>
    Unreachable,
}
