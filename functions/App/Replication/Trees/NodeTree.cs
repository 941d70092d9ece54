using System.Globalization;
using Serverless.Ring;

namespace Serverless.Replication;

/// <summary>
/// The hash tree (Merkle 1987; Dynamo, section 4.7) of one partition on one node: a row with the hashes of all leaves, and a row
/// per leaf. Kept by rolling up the commit log: one transaction changes leaves under their ETags and deletes the log rows they took
/// in, so a change counts exactly once, whoever rolls up, and however many do. A leaf's hashes plus the log rows not rolled up yet
/// are always the hashes of the rows.
/// </summary>
internal sealed class NodeTree(Node node, string partition)
{
    /// <summary>Leaves of each tree: 128. With 256 partitions a leaf of ten million keys holds about 300.</summary>
    public const int Leaves = 128;

    /// <summary>Log rows read at once: 500.</summary>
    public const int LogRowsPerPage = 500;

    private const string TopRow = "0.tree";
    private const string LeafPrefix = "0.leaf.";
    private const string AfterLeaves = "0.leaf/";

    // Listings in one run, and those of them in a row after which others had been faster.
    private const int MostPages = 200;
    private const int MostTries = 8;

    // Of one transaction in Azure Tables; one of them is the top.
    private const int MostChanges = 100;

    // Of leaves in one transaction, at the longest keys, below the 4 MiB that Azure takes.
    private const int MostBytes = 2 * 1024 * 1024;
    private const int EntryBytes = 400;

    public Node Node => node;

    public static int LeafOf(ReplicaKey key) => (int)(KeyHash.Of(key.Bytes) % Leaves);

    /// <summary>
    /// Takes in what the commit log holds now and answers the hashes of all leaves; null when the node does not answer, or that is
    /// more than 100,000 changes: the next run goes on. What is written meanwhile need not be in it.
    /// </summary>
    public async Task<TreeTop?> RollUpAsync(CancellationToken cancellationToken)
    {
        HashSet<string>? begunWith = null;
        var idle = 0;
        for (var pages = 0; pages < MostPages && idle < MostTries; pages++)
        {
            if (await LogAsync(cancellationToken) is not { } rows)
                return null;
            begunWith ??= rows.Count < LogRowsPerPage ? rows.Select(row => row.Name).ToHashSet(StringComparer.Ordinal) : null;
            if (begunWith is not null && !rows.Any(row => begunWith.Contains(row.Name)))
                return (await ReadTopAsync(cancellationToken))?.Top;
            idle = await FoldAsync(rows, cancellationToken) ? 0 : idle + 1;
        }

        return null;
    }

    /// <summary>The log rows not taken in yet, at most 500; null when the node does not answer.</summary>
    public async Task<IReadOnlyList<Row>?> LogAsync(CancellationToken cancellationToken) =>
        await node.Replica.ListAsync(partition, LogRow.First, LogRow.End, LogRowsPerPage, cancellationToken) is RowList.Page(var rows)
            ? [.. rows.Where(row => LogRow.LeafOf(row.Name) is not null)]
            : null;

    /// <summary>A leaf, and the ETag of its row or null when there is none; null when the node does not answer. One that cannot be read counts as empty: the scrub rebuilds it.</summary>
    public async Task<(LeafPage Page, string? ETag)?> ReadLeafAsync(int leaf, CancellationToken cancellationToken) =>
        await node.Replica.ReadAsync(partition, LeafRow(leaf), cancellationToken) switch
        {
            RowRead.Found(var row) => (LeafPage.TryDecode(row.Data) ?? LeafPage.Empty, row.ETag),
            RowRead.Missing => (LeafPage.Empty, null),
            _ => null,
        };

    /// <summary>As <see cref="ReadLeafAsync"/>, all of them at once, in their order.</summary>
    public async Task<IReadOnlyList<(LeafPage Page, string? ETag)>?> ReadLeavesAsync(CancellationToken cancellationToken)
    {
        if (await node.Replica.ListAsync(partition, LeafPrefix, AfterLeaves, Leaves, cancellationToken) is not RowList.Page(var rows))
            return null;
        var read = rows.ToDictionary(row => row.Name, row => (LeafPage.TryDecode(row.Data) ?? LeafPage.Empty, (string?)row.ETag), StringComparer.Ordinal);
        return [.. Enumerable.Range(0, Leaves).Select(leaf => read.GetValueOrDefault(LeafRow(leaf), (LeafPage.Empty, null)))];
    }

    /// <summary>The hashes of all leaves, and the ETag of their row; null when the node does not answer.</summary>
    public async Task<(TreeTop Top, string? ETag)?> ReadTopAsync(CancellationToken cancellationToken) =>
        await node.Replica.ReadAsync(partition, TopRow, cancellationToken) switch
        {
            RowRead.Found(var row) => (TreeTop.TryDecode(row.Data) ?? TreeTop.Empty, row.ETag),
            RowRead.Missing => (TreeTop.Empty, null),
            _ => null,
        };

    /// <summary>The changes that write leaves and the hashes of all leaves, each under the ETag it was read with.</summary>
    public static IEnumerable<RowChange> Write((TreeTop Top, string? ETag) top, IEnumerable<(int Leaf, LeafPage Page, string? ETag)> leaves)
    {
        foreach (var (leaf, page, etag) in leaves)
        {
            top.Top = top.Top.With(leaf, page.Sum());
            yield return Change(LeafRow(leaf), page.Encode(), etag);
        }

        yield return Change(TopRow, top.Top.Encode(), top.ETag);
    }

    // Stops at the first transaction that is refused: someone else rolled up as well, and listing again tells what is left. False when nothing was taken in.
    private async Task<bool> FoldAsync(IReadOnlyList<Row> rows, CancellationToken cancellationToken)
    {
        var folded = false;
        foreach (var batch in Batches(rows.GroupBy(row => LogRow.LeafOf(row.Name)!.Value)))
        {
            if (await ReadTopAsync(cancellationToken) is not { } top)
                return folded;
            var read = await Task.WhenAll(batch.Select(async leaf => (leaf.Number, leaf.Rows, Read: await ReadLeafAsync(leaf.Number, cancellationToken))));
            if (Array.Exists(read, leaf => leaf.Read is null))
                return folded;

            var leaves = WithinBytes(read.Select(leaf => (leaf.Number, Page: Fold(leaf.Read!.Value.Page, leaf.Rows), leaf.Read.Value.ETag)));
            var deletes = batch.Take(leaves.Count).SelectMany(leaf => leaf.Rows).Select(row => new RowChange.Delete(row.Name));
            if (await node.Replica.CommitAsync(partition, [.. Write(top, leaves), .. deletes], cancellationToken) is not RowCommit.Done)
                return folded;
            folded = true;
        }

        return folded;
    }

    private static LeafPage Fold(LeafPage page, IReadOnlyList<Row> rows) => rows.Aggregate(
        page, (sum, row) => LogRow.TryDecode(row.Data.Span) is { } change ? sum.With(change) : sum);

    // As many leaves as one transaction may change, each once, with as many of its log rows; what is left over is listed again.
    private static IEnumerable<IReadOnlyList<(int Number, IReadOnlyList<Row> Rows)>> Batches(IEnumerable<IGrouping<int, Row>> leaves)
    {
        var batch = new List<(int, IReadOnlyList<Row>)>();
        var room = MostChanges - 1;
        foreach (var leaf in leaves)
        {
            var rows = leaf.Take(MostChanges - 2).ToList();
            if (rows.Count + 1 > room)
            {
                yield return batch;
                (batch, room) = ([], MostChanges - 1);
            }

            batch.Add((leaf.Key, rows));
            room -= rows.Count + 1;
        }

        yield return batch;
    }

    // At least one: a leaf that no transaction holds is refused by the node, and its partition stays without a tree.
    private static IReadOnlyList<(int Leaf, LeafPage Page, string? ETag)> WithinBytes(IEnumerable<(int Leaf, LeafPage Page, string? ETag)> leaves)
    {
        var bytes = 0;
        return [.. leaves.TakeWhile((leaf, i) => (bytes += leaf.Page.Entries.Count * EntryBytes) < MostBytes || i == 0)];
    }

    private static RowChange Change(string row, byte[] data, string? etag) =>
        etag is null ? new RowChange.Insert(row, data) : new RowChange.Replace(row, data, etag);

    private static string LeafRow(int leaf) => string.Create(CultureInfo.InvariantCulture, $"{LeafPrefix}{leaf:x2}");
}
