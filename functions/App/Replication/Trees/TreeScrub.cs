namespace Serverless.Replication;

/// <summary>
/// Checks the tree of one partition on one node against the rows themselves and rebuilds what differs: a tree that was lost or
/// spoiled would hide differences, or show some that are not there. Reads every row of the partition. Safe while writers write: a
/// leaf is put right only if it did not change since before its rows were read, and keys with changes in the log are left out.
/// </summary>
internal sealed class TreeScrub(Node node, string partition)
{
    private readonly NodeTree _tree = new(node, partition);

    /// <summary>How many leaves were rebuilt; null when the node does not answer, or changes too fast to tell.</summary>
    public async Task<int?> RunAsync(CancellationToken cancellationToken)
    {
        // In this order: leaves, rows, log. A change of a row that was read must be in its leaf by then, or still in the log.
        if (await _tree.RollUpAsync(cancellationToken) is null || await _tree.ReadLeavesAsync(cancellationToken) is not { } leaves)
            return null;
        if (await RowsAsync(cancellationToken) is not { } rows || await _tree.LogAsync(cancellationToken) is not { } log)
            return null;

        var changes = log.Select(row => LogRow.TryDecode(row.Data.Span)).ToList();
        if (log.Count >= NodeTree.LogRowsPerPage || changes.Contains(null) || await _tree.ReadTopAsync(cancellationToken) is not { } top)
            return null;

        var unsettled = changes.Select(change => change!.Value.Row).ToHashSet(StringComparer.Ordinal);
        var rebuilt = 0;
        for (var leaf = 0; leaf < leaves.Count; leaf++)
        {
            var right = Right(leaves[leaf].Page, rows[leaf], unsettled);
            var sum = right.Sum();
            if (sum == leaves[leaf].Page.Sum() && sum == top.Top.Leaves[leaf])
                continue;
            if (await node.Replica.CommitAsync(partition, [.. NodeTree.Write(top, [(leaf, right, leaves[leaf].ETag)])], cancellationToken) is not RowCommit.Done(var etags))
                return null;
            top = (top.Top.With(leaf, sum), etags[^1]);
            rebuilt++;
        }

        return rebuilt;
    }

    private static LeafPage Right(LeafPage page, IReadOnlyDictionary<string, UInt128> rows, HashSet<string> unsettled) => LeafPage.Of(
        rows.Where(row => !unsettled.Contains(row.Key))
            .Select(row => KeyValuePair.Create(row.Key, new LeafEntry(row.Value, page.Entries.GetValueOrDefault(row.Key).Second)))
            .Concat(page.Entries.Where(entry => unsettled.Contains(entry.Key))));

    // The hashes of all rows, by leaf.
    private async Task<IReadOnlyList<IReadOnlyDictionary<string, UInt128>>?> RowsAsync(CancellationToken cancellationToken)
    {
        var leaves = Enumerable.Range(0, NodeTree.Leaves).Select(_ => new Dictionary<string, UInt128>(StringComparer.Ordinal)).ToList();
        return await KeyRows.ForEachPageAsync(node.Replica, partition, KeyRows.Owned, Collect, cancellationToken) ? leaves : null;

        Task<bool> Collect(IReadOnlyList<Row> page)
        {
            foreach (var row in page)
            {
                if (ReplicaKey.FromRow(row.Name) is { } key && ReplicaRowCodec.TryDecode(row.Data)?.Hash() is { } hash && hash != UInt128.Zero)
                    leaves[NodeTree.LeafOf(key)][row.Name] = hash;
            }

            return Task.FromResult(true);
        }
    }
}
