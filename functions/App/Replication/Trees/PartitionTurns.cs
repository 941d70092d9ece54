namespace Serverless.Replication;

/// <summary>What a job remembers of one partition, beside its rows on its first healthy owner, so that a run that ended early is resumed by whoever comes next.</summary>
internal interface IPartitionRecord
{
    /// <summary>Until when a run has the partition to itself: whoever changed the record under its ETag.</summary>
    DateTimeOffset LeaseEnd { get; }

    /// <summary>When the last run that ended began; null before the first.</summary>
    DateTimeOffset? LastAt { get; }
}

/// <summary>A partition whose turn has come.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="Leader">Its first healthy owner, which keeps the record.</param>
/// <param name="Record">What is remembered of it.</param>
/// <param name="ETag">Of the record's row; null when there is none.</param>
internal readonly record struct PartitionTurn<T>(int Partition, Node Leader, T Record, string? ETag)
{
    /// <summary>The new ETag; null when somebody else changed the record, or the leader does not answer.</summary>
    public Task<string?> WriteAsync(T record, string row, string? etag, CancellationToken cancellationToken) =>
        RowJson.WriteAsync(Leader, PartitionNames.Of(Partition), row, record, etag, cancellationToken);
}

/// <summary>Whose turn it is among the partitions whose first healthy owner this region looks after.</summary>
/// <param name="duties">Tells which nodes those are.</param>
/// <param name="row">The name of the job's records.</param>
/// <param name="none">What is remembered of a partition before the first run.</param>
/// <param name="lease">How long one is leased.</param>
/// <param name="clock">The clock.</param>
internal sealed class PartitionTurns<T>(StampDuties duties, string row, T none, TimeSpan lease, TimeProvider clock)
    where T : class, IPartitionRecord
{
    /// <summary>Clocks of instances differ by less: 30 s. A time further ahead is that of a clock that was wrong, and does not count.</summary>
    public static readonly TimeSpan JustNow = TimeSpan.FromSeconds(30);

    private const int ReadsAtOnce = 8;

    /// <summary>Those that nobody leases and that have rested as long as <paramref name="rest"/> says; first those that waited longest.</summary>
    public async Task<IReadOnlyList<PartitionTurn<T>>> DueAsync(ClusterView view, Func<T, TimeSpan> rest, CancellationToken cancellationToken)
    {
        var due = new List<PartitionTurn<T>>();
        var ours = await duties.NowAsync(view, cancellationToken);
        var led = Enumerable.Range(0, view.Ring.Partitions)
            .Select(partition => (Partition: partition, Leader: AntiEntropy.LeaderOf(view, partition)))
            .Where(p => p.Leader is { } leader && ours(leader));
        foreach (var some in led.Chunk(ReadsAtOnce))
        {
            var read = await Task.WhenAll(some.Select(async p => (p.Partition, p.Leader, Read: await RowJson.ReadAsync(p.Leader!, PartitionNames.Of(p.Partition), row, none, cancellationToken))));
            due.AddRange(read.Where(r => r.Read is not null).Select(r => new PartitionTurn<T>(r.Partition, r.Leader!, r.Read!.Value.Value, r.Read.Value.ETag)));
        }

        var now = clock.GetUtcNow();
        return [.. due.Where(turn => IsFree(turn.Record) && !Rests(turn.Record)).OrderBy(turn => turn.Record.LastAt ?? default)];

        bool IsFree(T record) => record.LeaseEnd <= now || record.LeaseEnd > now + lease + JustNow;
        bool Rests(T record) => now - record.LastAt < rest(record) && record.LastAt <= now + JustNow;
    }
}
