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
    /// <summary>A node that could have been refilled for so long is anybody's to refill: 5 minutes. The stamp that should do it may be unable to reach an owner that others reach.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private const int RowsAtOnce = 8;
    private const int PartitionsAtOnce = 4;

    // What failed for a moment is gone on with at once; a node that stays away is left to the next run.
    private const int MostPasses = 5;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<ulong, int> _progress = [];
    private Settlement? _settlement;

    /// <summary>
    /// Goes on until every node is refilled, something failed five times (an owner that does not answer, a membership that changes), or <paramref name="cancellationToken"/>
    /// ends it. A second run in this instance waits for the first and does what that left.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            for (var pass = 0; pass < MostPasses && !await RefillAllAsync(cancellationToken); pass++)
            {
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Whether a node waits longer than <see cref="Patience"/>; false too when that cannot be told.</summary>
    public async Task<bool> IsOverdueAsync(CancellationToken cancellationToken) =>
        await views.GetAsync(cancellationToken) is { } view && view.Document.Nodes.Any(n => LeftToSettle(n) < -Patience);

    // False when something is left that may be done by going on at once.
    private async Task<bool> RefillAllAsync(CancellationToken cancellationToken)
    {
        if (await views.RefreshAsync(cancellationToken) is not { } view || (await SettleAsync(view, cancellationToken) && (view = await views.RefreshAsync(cancellationToken)) is null))
            return true;

        var lost = view.Document.Nodes.Where(n => LeftToSettle(n) <= TimeSpan.Zero).Select(n => n.Id).ToList();
        if (lost.Count == 0)
            return true;
        if (_settlement?.Holds(view.Document, lost) != true)
            _settlement = new Settlement(view.Document, lost);
        if (!await SettleDifferencesAsync(view, _settlement, cancellationToken))
            return false;

        var all = true;
        foreach (var id in lost)
        {
            var node = view.Nodes[id];
            if (!await RefillAsync(view, node, cancellationToken) || await change(document => Promote(document, node), cancellationToken) is not { } document)
            {
                all = false;
                continue;
            }

            LogRefilled(node.Id, document.Epoch);
            _progress.Remove(node.Incarnation);

            // What was settled holds for the next one while nothing but this has changed.
            if (await views.RefreshAsync(cancellationToken) is not { } next || document.Epoch != view.Epoch + 1 || !next.Document.IsSameAs(document))
                return false;
            view = next;
            _settlement.Document = document;
        }

        return all;
    }

    // A node takes hints with it when it loses its state, and they may have been the second copy of what was acknowledged. So hints
    // that are left and all differences between the owners are settled before its loss counts as made good.
    private async Task<bool> SettleDifferencesAsync(ClusterView view, Settlement settlement, CancellationToken cancellationToken)
    {
        settlement.Drained = settlement.Drained || await handover.DrainAsync(view, cancellationToken);
        if (settlement.Drained)
            settlement.Compared.UnionWith(await antiEntropy.CompareAsync(view, Enumerable.Range(0, view.Ring.Partitions).Except(settlement.Compared), cancellationToken));
        return settlement.Compared.Count == view.Ring.Partitions;
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
        var left = Enumerable.Range(0, view.Ring.Partitions).Skip(_progress.GetValueOrDefault(node.Incarnation)).Where(partition => view.Owners(partition).Contains(node));
        foreach (var some in left.Chunk(PartitionsAtOnce))
        {
            var refilled = await Task.WhenAll(some.Select(partition => RefillAsync(view, partition, node, cancellationToken)));
            if (!Array.TrueForAll(refilled, r => r))
                return false;
            _progress[node.Incarnation] = some[^1] + 1;
        }

        return true;
    }

    private async Task<bool> RefillAsync(ClusterView view, int partition, Node node, CancellationToken cancellationToken)
    {
        // What was accepted comes before what was promised: a promise may refuse what is accepted below it.
        var promises = new Dictionary<string, Ballot>(StringComparer.Ordinal);
        foreach (var other in view.Owners(partition).Where(owner => owner != node))
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

    // What was settled for the nodes that lost state under one document. It stays settled while that is in force: merges only add, and what else is lost changes it.
    private sealed class Settlement(ClusterDocument document, IReadOnlyCollection<string> lost)
    {
        public ClusterDocument Document { get; set; } = document;

        public bool Drained { get; set; }

        public HashSet<int> Compared { get; } = [];

        public bool Holds(ClusterDocument now, IEnumerable<string> lostNow) => now.IsSameAs(Document) && !lostNow.Except(lost).Any();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} has been refilled and votes again from epoch {Epoch}")]
    private partial void LogRefilled(string node, int epoch);
}
