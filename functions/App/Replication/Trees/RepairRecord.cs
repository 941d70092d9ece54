namespace Serverless.Replication;

/// <summary>
/// The anti-entropy of one partition, kept beside its rows on its first healthy owner: who works on it now, and what the last run
/// found. So a run that ended early is resumed by whoever comes next, with what was compared longest ago.
/// </summary>
/// <param name="LeaseEnd">Until when a run has it to itself: whoever changed the row under its ETag.</param>
/// <param name="ComparedAt">When the last run that ended began; null before the first.</param>
/// <param name="CompleteAt">When the last run began that compared all owners and repaired all it found; null before the first.</param>
/// <param name="ScrubTriedAt">When checking the trees against the rows was last tried; null before the first time.</param>
/// <param name="Differences">Keys that differed in the last run.</param>
internal sealed record RepairRecord(
    DateTimeOffset LeaseEnd, DateTimeOffset? ComparedAt, DateTimeOffset? CompleteAt, DateTimeOffset? ScrubTriedAt, int Differences)
{
    /// <summary>The row's name.</summary>
    public const string Row = "0.repair";

    public static readonly RepairRecord None = new(default, null, null, null, 0);

    /// <summary>What the node has of a partition, and the row's ETag or null when there is none; null when the node does not answer.</summary>
    public static async Task<(RepairRecord Record, string? ETag)?> ReadAsync(Node node, string partition, CancellationToken cancellationToken) =>
        await node.Replica.ReadAsync(partition, Row, cancellationToken) switch
        {
            RowRead.Found(var row) => (RowJson.TryDecode<RepairRecord>(row.Data) ?? None, row.ETag),
            RowRead.Missing => (None, null),
            _ => null,
        };

    /// <summary>The new ETag; null when somebody else changed the row, or the node does not answer.</summary>
    public async Task<string?> WriteAsync(Node node, string partition, string? etag, CancellationToken cancellationToken)
    {
        RowChange change = etag is null ? new RowChange.Insert(Row, RowJson.Encode(this)) : new RowChange.Replace(Row, RowJson.Encode(this), etag);
        return await node.Replica.CommitAsync(partition, [change], cancellationToken) is RowCommit.Done(var etags) ? etags[0] : null;
    }
}
