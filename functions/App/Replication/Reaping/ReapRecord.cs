namespace Serverless.Replication;

/// <summary>The reaping of one partition, kept beside its rows on its first healthy owner.</summary>
/// <param name="LeaseEnd">Until when a run has it to itself.</param>
/// <param name="LookedAt">When the last look that ended began; null before the first.</param>
/// <param name="Look">Random; names that look and the marks it left (<see cref="ReapMark"/>). 0 before the first.</param>
/// <param name="IsClear">Whether it found something to reap and proved that nothing can bring back what that had deleted: the next look, after a rest, may delete.</param>
/// <param name="After">The row at which it stopped early; null when it saw all.</param>
internal sealed record ReapRecord(DateTimeOffset LeaseEnd, DateTimeOffset? LookedAt, ulong Look, bool IsClear, string? After) : IPartitionRecord
{
    /// <summary>The row's name.</summary>
    public const string Row = "0.reap";

    public static readonly ReapRecord None = new(default, null, 0, false, null);

    DateTimeOffset? IPartitionRecord.LastAt => LookedAt;
}

/// <summary>What each look leaves on every owner when it begins: by the storage's own stamp of it, the next look knows there what was old by then.</summary>
/// <param name="Look">Which look.</param>
internal sealed record ReapMark(ulong Look)
{
    private const string Row = "0.reap.mark";

    private static readonly ReapMark None = new(0);

    /// <summary>Leaves a mark: the one that was there before, when it was left, and when this one was, both by the storage's own clock. Null when the node does not answer.</summary>
    public static async Task<(ulong Before, DateTimeOffset BeforeAt, DateTimeOffset Now)?> LeaveAsync(Node node, string partition, ulong look, CancellationToken cancellationToken)
    {
        if (await RowJson.ReadAsync(node, partition, Row, None, cancellationToken) is not { } before
            || await node.Replica.CommitAsync(partition, [new RowChange.Put(Row, RowJson.Encode(new ReapMark(look)))], cancellationToken) is not RowCommit.Done
            || await RowJson.ReadAsync(node, partition, Row, None, cancellationToken) is not { } now || now.Value.Look != look)
        {
            return null;
        }

        return (before.Value.Look, before.Written, now.Written);
    }
}
