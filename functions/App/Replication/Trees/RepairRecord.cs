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
    DateTimeOffset LeaseEnd, DateTimeOffset? ComparedAt, DateTimeOffset? CompleteAt, DateTimeOffset? ScrubTriedAt, int Differences) : IPartitionRecord
{
    /// <summary>The row's name.</summary>
    public const string Row = "0.repair";

    public static readonly RepairRecord None = new(default, null, null, null, 0);

    DateTimeOffset? IPartitionRecord.LastAt => ComparedAt;

    /// <summary>What the node has of a partition; null when it does not answer.</summary>
    public static async Task<RepairRecord?> ReadAsync(Node node, string partition, CancellationToken cancellationToken) =>
        (await RowJson.ReadAsync(node, partition, Row, None, cancellationToken))?.Value;
}
