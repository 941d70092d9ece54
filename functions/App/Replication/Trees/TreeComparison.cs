namespace Serverless.Replication;

/// <summary>
/// Compares the hash trees of one partition on all of its owners, and finds the keys whose rows differ. Reads one row per owner
/// while they agree; then the leaves that differ; so its cost grows with the differences and not with the data. What it finds
/// is only where to look: a repair reads the rows themselves.
/// </summary>
/// <param name="trees">One per owner.</param>
/// <param name="changedBefore">Keys that changed later, in seconds since 1970, are left out: their writes may still be on their way.</param>
internal sealed class TreeComparison(IReadOnlyList<NodeTree> trees, long changedBefore)
{
    private const int LeavesAtOnce = 8;
    private const long FarAhead = 600;

    /// <summary>The owners whose trees could be read.</summary>
    public IReadOnlyList<Node> Answered { get; private set; } = [];

    /// <summary>Whether everything that differs could be read: if not, nothing found does not mean that nothing differs.</summary>
    public bool Whole { get; private set; } = true;

    /// <summary>Whether an owner's leaf does not have the hash that its tree says, so that the tree must be rebuilt.</summary>
    public bool Spoiled { get; private set; }

    /// <summary>The rows of keys that differ, at most <paramref name="most"/>.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(int most, CancellationToken cancellationToken)
    {
        var tops = await Task.WhenAll(trees.Select(async tree => (Tree: tree, Top: await tree.RollUpAsync(cancellationToken))));
        var read = tops.Where(t => t.Top is not null).ToList();
        Answered = [.. read.Select(t => t.Tree.Node)];
        var leaves = Enumerable.Range(0, NodeTree.Leaves).Where(leaf => read.Select(t => t.Top!.Leaves[leaf]).Distinct().Skip(1).Any());
        var rows = new List<string>();
        foreach (var some in leaves.Chunk(LeavesAtOnce))
        {
            var found = await Task.WhenAll(some.Select(leaf => DescendAsync(leaf, read!, cancellationToken)));
            rows.AddRange(found.SelectMany(differing => differing));
            if (rows.Count >= most)
                return rows[..most];
        }

        return rows;
    }

    private async Task<IReadOnlyList<string>> DescendAsync(int leaf, IReadOnlyList<(NodeTree Tree, TreeTop Top)> read, CancellationToken cancellationToken)
    {
        var pages = await Task.WhenAll(read.Select(async r => (r.Top, Leaf: await r.Tree.ReadLeafAsync(leaf, cancellationToken))));
        Whole &= Array.TrueForAll(pages, p => p.Leaf is not null);
        var known = pages.Where(p => p.Leaf is not null).Select(p => p.Leaf!.Value.Page).ToList();
        Spoiled |= pages.Any(p => p.Leaf is { } held && held.Page.Sum() != p.Top.Leaves[leaf] && Settled(held.Page));
        var rows = known.SelectMany(page => page.Entries.Keys).Distinct(StringComparer.Ordinal);
        return [.. rows.Where(row =>
        {
            var entries = known.ConvertAll(page => page.Entries.GetValueOrDefault(row));
            return entries.Exists(entry => entry.Hash != entries[0].Hash) && entries.TrueForAll(IsSettled);
        })];
    }

    // A leaf that changed just now may have been rolled up after its tree was read.
    private bool Settled(LeafPage page) => page.Entries.Values.All(IsSettled);

    // A time far ahead is that of a clock that was wrong; waiting for it would hide the key until then.
    private bool IsSettled(LeafEntry entry) => entry.Second < changedBefore || entry.Second - changedBefore > FarAhead;
}
