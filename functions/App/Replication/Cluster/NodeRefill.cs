using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Serverless.Replication;

/// <summary>
/// Refills nodes that lost their state: merges into each of their partitions what every other owner has, then lets them vote
/// again. All others must answer, because a write acknowledged by the lost state and one other owner is on that one only; an
/// owner that lost its own state as well has nothing more to tell.
/// It begins when nobody acts any more on what was in force before the state was lost: until then somebody may still acknowledge with what the node took.
/// Bounded and resumable: what was merged stays merged, and merging it again changes nothing.
/// </summary>
public sealed partial class NodeRefill(
    ClusterViews views, ClusterChange change, AntiEntropy antiEntropy, HintHandover handover, CommitLog log, IOptions<ReplicationOptions> options, TimeProvider clock,
    Random random, ILogger<NodeRefill> logger)
{
    private const int RowsAtOnce = 8;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<ulong, int> _progress = [];

    /// <summary>
    /// Goes on until every node is refilled, an owner does not answer, or <paramref name="cancellationToken"/> ends it. A second run
    /// in this instance waits for the first and does what that left.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await RefillAllAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task RefillAllAsync(CancellationToken cancellationToken)
    {
        if (await views.RefreshAsync(cancellationToken) is not { } view || (await SettleAsync(view, cancellationToken) && (view = await views.RefreshAsync(cancellationToken)) is null))
            return;

        // A node takes hints with it when it loses its state, and they may have been the second copy of what was acknowledged. So hints
        // that are left and all differences between the owners are settled before its loss counts as made good.
        var empty = view.Document.Nodes.Where(n => LeftToSettle(n) <= TimeSpan.Zero).Select(n => n.Id).ToList();
        if (empty.Count == 0 || !await handover.DrainAsync(view, cancellationToken) || !await antiEntropy.CompareEverythingAsync(view, cancellationToken))
            return;

        foreach (var id in empty)
        {
            var node = view.Nodes[id];
            if (!await RefillAsync(view, node, cancellationToken) || await change(document => Promote(document, node), cancellationToken) is not { } document)
                continue;
            LogRefilled(node.Id, document.Epoch);
            _progress.Remove(node.Incarnation);

            // What was settled above holds for the next one while nothing but this has changed.
            var before = view.Document.Epoch;
            if (await views.RefreshAsync(cancellationToken) is not { } next || document.Epoch != before + 1 || !next.Document.IsSameAs(document))
                return;
            view = next;
        }
    }

    // Waits for nodes on which somebody may still act as they were, when that is over before the timer comes again. False when there was nothing to wait for.
    private async Task<bool> SettleAsync(ClusterView view, CancellationToken cancellationToken)
    {
        var left = view.Document.Nodes.Select(LeftToSettle).Where(left => left < RefillFunctions.Every).DefaultIfEmpty().Max();
        if (left <= TimeSpan.Zero)
            return false;
        await Task.Delay(left, clock, cancellationToken);
        return true;
    }

    private TimeSpan LeftToSettle(ClusterMember node) =>
        node.State == MemberState.Refilling ? node.Since + TimeSpan.FromSeconds(options.Value.SettleSeconds) - clock.GetUtcNow() : TimeSpan.MaxValue;

    // Unless it has become another incarnation since.
    private ClusterDocument? Promote(ClusterDocument document, Node node) =>
        document.Nodes.Any(n => n.Id == node.Id && n.Incarnation == node.Incarnation && n.State == MemberState.Refilling)
            ? document.Promote(new HashSet<string>([node.Id], StringComparer.Ordinal), () => SecureRandom.Next64(random))
            : null;

    private async Task<bool> RefillAsync(ClusterView view, Node node, CancellationToken cancellationToken)
    {
        for (var partition = _progress.GetValueOrDefault(node.Incarnation); partition < view.Ring.Partitions; partition++)
        {
            var owners = view.Owners(partition);
            if (owners.Contains(node))
            {
                // What was accepted comes before what was promised: a promise may refuse what is accepted below it.
                var promises = new Dictionary<string, Ballot>(StringComparer.Ordinal);
                foreach (var other in owners.Where(o => o != node))
                {
                    if (!await CopyAsync(view, other, node, PartitionNames.Of(partition), promises, cancellationToken))
                        return false;
                }

                foreach (var some in promises.Chunk(RowsAtOnce))
                {
                    var promised = await Task.WhenAll(some.Select(promise => PromiseAsync(view, promise.Key, promise.Value, node, cancellationToken)));
                    if (!Array.TrueForAll(promised, p => p))
                        return false;
                }
            }

            _progress[node.Incarnation] = partition + 1;
        }

        return true;
    }

    private Task<bool> CopyAsync(
        ClusterView view, Node from, Node to, string partition, Dictionary<string, Ballot> promises, CancellationToken cancellationToken) =>
        KeyRows.ForEachPageAsync(from.Replica, partition, KeyRows.Owned, async page =>
        {
            foreach (var some in page.Chunk(RowsAtOnce))
            {
                if (!await views.IsCurrentAsync(view, cancellationToken))
                    return false;
                var merged = await Task.WhenAll(some.Select(row => MergeAsync(view, row, to, promises, cancellationToken)));
                if (!Array.TrueForAll(merged, m => m))
                    return false;
            }

            return true;
        }, cancellationToken);

    private async Task<bool> MergeAsync(ClusterView view, Row row, Node to, Dictionary<string, Ballot> promises, CancellationToken cancellationToken)
    {
        if (ReplicaKey.FromRow(row.Name) is not { } key)
            return true;
        if (ReplicaRowCodec.TryDecode(row.Data) is not { } found)
            return false;
        if (found.Register is { } register && register.Promised > promises.GetValueOrDefault(row.Name))
            promises[row.Name] = register.Promised;
        return await Lane(view, key, to).AdoptAsync(found, cancellationToken);
    }

    private async Task<bool> PromiseAsync(ClusterView view, string row, Ballot ballot, Node to, CancellationToken cancellationToken)
    {
        var lane = Lane(view, ReplicaKey.FromRow(row)!, to);
        return await lane.PromiseAsync(ballot, cancellationToken) || lane.Row?.Register?.Promised >= ballot;
    }

    private RowLane Lane(ClusterView view, ReplicaKey key, Node node) => RowLane.OfOwners(view, key, view.Owners(key), log).Single(lane => lane.Node == node);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} has been refilled and votes again from epoch {Epoch}")]
    private partial void LogRefilled(string node, int epoch);
}
