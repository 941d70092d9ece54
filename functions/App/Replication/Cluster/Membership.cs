using Microsoft.Extensions.Options;
using Serverless.Ring;

namespace Serverless.Replication;

/// <summary>Begins changes of membership, one at a time; the mover carries them out. Asked again for what is under way or done, it says so and changes nothing.</summary>
public sealed class Membership(
    ClusterStore store, ClusterViews views, IOptions<ClusterOptions> cluster, IOptions<ReplicationOptions> replication, TimeProvider clock, Random random)
{
    private readonly ClusterOptions _cluster = cluster.Value;

    /// <summary>Lets a node join, or gives a member another weight.</summary>
    /// <param name="node">As asked for.</param>
    /// <param name="cancellationToken">Gives up; the change may be made all the same.</param>
    public async Task<MembershipResult> PutAsync(NodeRequest node, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(node);
        var known = _cluster.Nodes.Find(n => n.Id == node.Id);
        if (Mistake(node, known) is { } mistake)
            return new MembershipResult.Refused(MembershipRefusal.Invalid, mistake);
        if (await store.LoadAsync(cancellationToken) is not { } document)
            return new MembershipResult.NoQuorum();

        // Asked before anything is published: a member that nobody can reach would keep the move from ever ending.
        var isMember = document.Nodes.Any(n => n.Id == node.Id);
        var (region, weight) = (node.Region ?? known?.Region ?? "", node.Weight ?? known?.Weight ?? RingNode.DefaultWeight);
        var joining = new RingNode(node.Id, region, weight);
        if (!isMember && MembershipSteps.Join(document, joining, node.Endpoint, clock.GetUtcNow(), NewRandom) is MembershipResult.Changed(var trial)
            && !await store.CanReachAsync(trial.Nodes.Single(n => n.Id == node.Id), cancellationToken))
        {
            return new MembershipResult.Refused(MembershipRefusal.Unreachable, $"The tables of node '{node.Id}' do not answer from here.");
        }

        return await ChangeAsync(
            now => now.Nodes.FirstOrDefault(n => n.Id == node.Id) is not { } member
                ? MembershipSteps.Join(now, joining, node.Endpoint, clock.GetUtcNow(), NewRandom)
                : PutMember(now, member, node),
            cancellationToken);
    }

    /// <summary>Lets a member leave, once all that it holds is elsewhere.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancellationToken">Gives up; the change may be made all the same.</param>
    public Task<MembershipResult> RemoveAsync(string id, CancellationToken cancellationToken) => ChangeAsync(
        now => now.Move is { Kind: MoveKind.Leave } leave && leave.Node == id
            ? new MembershipResult.Unchanged(now)
            : MembershipSteps.Leave(now, id, clock.GetUtcNow(), NewRandom),
        cancellationToken);

    /// <summary>Lets a member whose tables are gone begin anew: whatever it still has is deleted, and it is refilled from the other owners.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancellationToken">Gives up; the change may be made all the same.</param>
    public Task<MembershipResult> LoseAsync(string id, CancellationToken cancellationToken) =>
        ChangeAsync(now => MembershipSteps.Lose(now, id, replication.Value.WriteQuorum, clock.GetUtcNow(), NewRandom), cancellationToken);

    private MembershipResult PutMember(ClusterDocument now, ClusterMember member, NodeRequest node)
    {
        if (node.Region is { } region && region != member.Region)
            return new MembershipResult.Refused(MembershipRefusal.IdTaken, $"Node '{member.Id}' is in region '{member.Region}'.");
        var move = now.Move?.Node == member.Id ? now.Move : null;
        var (weight, goal) = (move?.Weight ?? member.Weight, node.Weight ?? move?.Weight ?? member.Weight);
        return weight == goal && move is not { Kind: MoveKind.Leave }
            ? new MembershipResult.Unchanged(now)
            : MembershipSteps.Reweigh(now, member.Id, goal, clock.GetUtcNow(), NewRandom);
    }

    private async Task<MembershipResult> ChangeAsync(Func<ClusterDocument, MembershipResult> step, CancellationToken cancellationToken)
    {
        MembershipResult? last = null;
        var published = await store.ChangeAsync(document => (last = step(document)) is MembershipResult.Changed(var next) ? next : null, cancellationToken);
        if (published is not null)
        {
            await views.RefreshAsync(cancellationToken);
            return new MembershipResult.Changed(published);
        }

        return last is null or MembershipResult.Changed ? new MembershipResult.NoQuorum() : last;
    }

    // The managed identity's token goes to the endpoint with each call: only to where those of other nodes are, never to somebody else's host.
    private string? Mistake(NodeRequest node, NodeOptions? known) =>
        known is not null && node.Region is { } region && region != known.Region ? $"Node '{node.Id}' is configured in region '{known.Region}'."
        : known is not null && node.Endpoint is { } endpoint && endpoint != known.Endpoint ? $"Node '{node.Id}' is configured with the endpoint {known.Endpoint}."
        : known is not null ? null
        : node.Endpoint is null ? $"No endpoint is configured for node '{node.Id}': name one."
        : node.Region is null ? $"No region is configured for node '{node.Id}': name one."
        : node.Endpoint.Scheme != Uri.UriSchemeHttps || node.Endpoint.PathAndQuery != "/" || node.Endpoint.UserInfo.Length > 0 || !node.Endpoint.IsDefaultPort
            ? "The endpoint must be as https://account.table.core.windows.net, without port, path or query."
        : !_cluster.Nodes.Exists(n => DomainOf(n.Endpoint!) == DomainOf(node.Endpoint))
            ? $"The endpoint must lie in the domain of a configured node's, as {_cluster.Nodes[0].Endpoint!.Host}."
        : null;

    private static string DomainOf(Uri endpoint) => endpoint.Host[(endpoint.Host.IndexOf('.', StringComparison.Ordinal) + 1)..];

    private ulong NewRandom() => SecureRandom.Next64(random);
}
