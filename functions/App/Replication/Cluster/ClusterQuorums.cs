namespace Serverless.Replication;

/// <summary>
/// Which copies of a document decide about it, told by the document itself: a majority of its nodes; while a move is under way, a majority of those before it
/// and one of those after it. So quorums of successive documents always share a node.
/// </summary>
internal sealed class ClusterQuorums
{
    private readonly IReadOnlyList<IReadOnlySet<string>> _sets;

    private ClusterQuorums(params IReadOnlyList<IReadOnlySet<string>> sets) => _sets = sets;

    /// <summary>Everybody who counts.</summary>
    public IEnumerable<string> Nodes => _sets.SelectMany(set => set).Distinct(StringComparer.Ordinal);

    public static ClusterQuorums Of(ClusterDocument document)
    {
        var all = document.Nodes.Select(n => n.Id).ToHashSet(StringComparer.Ordinal);
        return document.Move is { Kind: MoveKind.Join or MoveKind.Leave, Node: var moving } && all.Count > 1
            ? new ClusterQuorums(all, all.Where(id => id != moving).ToHashSet(StringComparer.Ordinal))
            : new ClusterQuorums(all);
    }

    /// <summary>Whether a majority of each set is among those.</summary>
    public bool AreIn(Func<string, bool> isOne) => _sets.All(set => set.Count(isOne) > set.Count / 2);

    /// <summary>Whether every node of each set is among those.</summary>
    public bool AreAll(Func<string, bool> isOne) => Nodes.All(isOne);

    public bool Has(string node) => _sets.Any(set => set.Contains(node));

    /// <summary>Whether a set of one counts for the other as well: without that one of them could be decided unseen by the other.</summary>
    public bool Shares(ClusterQuorums other) => _sets.Any(set => other._sets.Any(set.SetEquals));
}
