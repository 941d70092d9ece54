namespace Serverless.Replication;

/// <summary>Walks the rows of keys, page by page and in order. Rows of trees are never met, and rows of long values are jumped over.</summary>
internal static class KeyRows
{
    private const int PageRows = 50;
    // The least character inside any name: nothing lies between a name and the name with this behind it.
    private const char LeastLetter = '-';

    /// <summary>Where the keys that a node owns begin: names of trees begin with a digit.</summary>
    public const string Owned = "A";

    /// <summary>Before every row.</summary>
    public const string First = "-";

    /// <summary>Where the keys that a node owns go on behind one of them; where they begin, when it is empty.</summary>
    public static string OwnedAfter(string row) => row.Length == 0 ? Owned : After(row);

    /// <summary>Where hints begin: with the digits of a partition.</summary>
    public const string Hinted = "0";

    /// <summary>After every row.</summary>
    public const string End = "~";

    /// <summary>Shows each page to <paramref name="visit"/> until there is no more, or that answers false; false when it did, or the node does not answer.</summary>
    public static async Task<bool> ForEachPageAsync(
        IReplica replica, string partition, string from, Func<IReadOnlyList<Row>, Task<bool>> visit, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await replica.ListAsync(partition, from, End, PageRows, cancellationToken) is not RowList.Page(var rows))
                return false;
            if (rows.Count > 0 && !await visit(rows))
                return false;
            if (rows.Count < PageRows)
                return true;
            from = After(rows[^1].Name);
        }
    }

    // Long values come before the keys that point to them: from the first of them, on to the keys of their room.
    private static string After(string name)
    {
        var isKey = (ReplicaKey.FromRow(name) ?? HintNames.Parse(name)?.Key) is not null;
        return !isKey && name.IndexOf('-', StringComparison.Ordinal) is var dash and > 0 ? name[..dash] + "." : name + LeastLetter;
    }
}
