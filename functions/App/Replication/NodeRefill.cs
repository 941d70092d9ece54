using Microsoft.Extensions.Logging;

namespace Serverless.Replication;

/// <summary>
/// Refills nodes that lost their state: merges into each of their partitions what every other owner has, then lets them vote
/// again. All others must answer, because a write acknowledged by the lost state and one other owner is on that one only; an
/// owner that lost its own state as well has nothing more to tell.
/// Bounded and resumable: what was merged stays merged, and merging it again changes nothing.
/// </summary>
public sealed partial class NodeRefill(ClusterViews views, NodePromotion promote, ILogger<NodeRefill> logger)
{
    private const int PageRows = 50;
    private const int RowsAtOnce = 8;
    private const string AfterEveryRow = "~";

    // The least character of any row name: nothing lies between a name and the name with this behind it.
    private const char LeastLetter = '-';

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
        if (await views.RefreshAsync(cancellationToken) is not { } view)
            return;

        foreach (var node in view.Nodes.Values.Where(n => !n.Votes))
        {
            if (!await RefillAsync(view, node, cancellationToken))
                continue;
            if (await promote(node.Id, node.Incarnation, cancellationToken) is { } document)
                LogRefilled(node.Id, document.Epoch);
            _progress.Remove(node.Incarnation);
            await views.RefreshAsync(cancellationToken);
        }
    }

    private async Task<bool> RefillAsync(ClusterView view, Node node, CancellationToken cancellationToken)
    {
        for (var partition = _progress.GetValueOrDefault(node.Incarnation); partition < view.Ring.Partitions; partition++)
        {
            var owners = view.Owners(partition);
            if (owners.Contains(node))
            {
                foreach (var other in owners.Where(o => o != node))
                {
                    if (!await CopyAsync(other, node, owners, PartitionNames.Of(partition), cancellationToken))
                        return false;
                }
            }

            _progress[node.Incarnation] = partition + 1;
        }

        return true;
    }

    private static async Task<bool> CopyAsync(
        Node from, Node to, IReadOnlyList<Node> owners, string partition, CancellationToken cancellationToken)
    {
        var values = new ValueRows(owners);
        var next = "";
        while (true)
        {
            if (await from.Replica.ListAsync(partition, next, AfterEveryRow, PageRows, cancellationToken) is not RowList.Page(var rows))
                return false;

            foreach (var some in rows.Chunk(RowsAtOnce))
            {
                var merged = await Task.WhenAll(some.Select(row => MergeAsync(row, to, partition, values, cancellationToken)));
                if (!Array.TrueForAll(merged, m => m))
                    return false;
            }

            if (rows.Count < PageRows)
                return true;
            next = After(rows[^1].Name);
        }
    }

    // Long values come with the keys that point to them: from the first of them, on to the keys of their room.
    private static string After(string name) =>
        ReplicaKey.FromRow(name) is null && name.IndexOf('-', StringComparison.Ordinal) is var dash and > 0 ? name[..dash] + "." : name + LeastLetter;

    private static async Task<bool> MergeAsync(Row row, Node to, string partition, ValueRows values, CancellationToken cancellationToken)
    {
        if (ReplicaKey.FromRow(row.Name) is not { } key)
            return true;
        return ReplicaRowCodec.TryDecode(row.Data) is { } found
            && await new RowLane(to, key, partition, values).MergeAsync(found.Set, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} has been refilled and votes again from epoch {Epoch}")]
    private partial void LogRefilled(string node, int epoch);
}

/// <summary>Publishes that a refilled incarnation of a node votes again; null when that is not so or cannot be told.</summary>
public delegate Task<ClusterDocument?> NodePromotion(string id, ulong incarnation, CancellationToken cancellationToken);
