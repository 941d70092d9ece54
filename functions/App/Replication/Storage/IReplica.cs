namespace Serverless.Replication;

/// <summary>
/// The rows of one node in one incarnation: the seam between quorum logic and storage. Rows are bytes under
/// (partition, row); each change set is one transaction inside one partition, guarded by ETags, as Azure Tables has them
/// (at most 100 changes, under 4 MiB, a row under 960 KiB). Failures are values, never exceptions.
/// </summary>
public interface IReplica
{
    Task<RowRead> ReadAsync(string partition, string row, CancellationToken cancellationToken);

    /// <summary>Applies all changes or none.</summary>
    Task<RowCommit> CommitAsync(string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken);

    /// <summary>Rows with <paramref name="from"/> ≤ row &lt; <paramref name="to"/> in ordinal order, at most <paramref name="limit"/> (1 to 1,000).</summary>
    Task<RowList> ListAsync(string partition, string from, string to, int limit, CancellationToken cancellationToken);
}

/// <summary>One stored row.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ETag">Changes with each change.</param>
/// <param name="Data">Its bytes.</param>
/// <param name="Written">When it was last changed, by the storage's own clock, rounded down to a millisecond at most.</param>
public readonly record struct Row(string Name, string ETag, ReadOnlyMemory<byte> Data, DateTimeOffset Written = default);

/// <summary>One change inside a transaction.</summary>
public abstract record RowChange(string Row)
{
    /// <summary>Refused when the row exists.</summary>
    public sealed record Insert(string Row, ReadOnlyMemory<byte> Data) : RowChange(Row);

    /// <summary>Refused unless the row stands at <paramref name="ETag"/>.</summary>
    public sealed record Replace(string Row, ReadOnlyMemory<byte> Data, string ETag) : RowChange(Row);

    /// <summary>Writes whatever is there: for rows whose content is a function of their name.</summary>
    public sealed record Put(string Row, ReadOnlyMemory<byte> Data) : RowChange(Row);

    /// <summary>Refused unless the row stands at <paramref name="ETag"/>; "*" deletes any state and is refused only when the row is missing.</summary>
    public sealed record Delete(string Row, string ETag = "*") : RowChange(Row);
}

public abstract record RowRead
{
    public sealed record Found(Row Row) : RowRead;

    public sealed record Missing : RowRead
    {
        public static readonly Missing Instance = new();
    }

    public sealed record Unavailable(string Reason) : RowRead;
}

public abstract record RowCommit
{
    /// <summary>Durable; the ETags in the order of the changes, empty for deletes.</summary>
    public sealed record Done(IReadOnlyList<string> ETags) : RowCommit;

    /// <summary>Nothing was changed: a precondition did not hold.</summary>
    public sealed record Refused(string Reason) : RowCommit;

    /// <summary>The node did not take the request: nothing was changed.</summary>
    public sealed record Unavailable(string Reason) : RowCommit;

    /// <summary>The answer was lost: all was changed or nothing was. Only reading tells.</summary>
    public sealed record Uncertain(string Reason) : RowCommit;
}

public abstract record RowList
{
    public sealed record Page(IReadOnlyList<Row> Rows) : RowList;

    public sealed record Unavailable(string Reason) : RowList;
}
