using Microsoft.Azure.Functions.Worker;
using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>
/// Deletes what does not count any more from the nodes that this region looks after: rows of subjects that nobody asked for as long as their limits remember, and what became of requests that
/// were put off a day ago. Each only if it is as it was read, so that it meets neither limiters nor another run.
/// </summary>
public sealed class LimitsExpiry
{
    /// <summary>What became of a request can be asked for so long after it came: 24 h.</summary>
    public static readonly TimeSpan ReplayLife = TimeSpan.FromHours(24);

    private readonly ClusterViews _views;
    private readonly StorageClocks _clocks;
    private readonly SubjectStore _store;
    private readonly StampDuties _duties;
    private readonly TimeProvider _clock;

    internal LimitsExpiry(ClusterViews views, StorageClocks clocks, SubjectStore store, StampDuties duties, TimeProvider clock) =>
        (_views, _clocks, _store, _duties, _clock) = (views, clocks, store, duties, clock);

    /// <summary>Rows that were deleted, of what the nodes told that answered.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (await _views.GetAsync(cancellationToken) is not { } view)
            return 0;
        var (isOurs, deleted) = (await _duties.NowAsync(view, cancellationToken), 0);
        foreach (var home in view.Nodes.Values.Where(isOurs).Select(node => new Home(node)))
        {
            for (var partition = 0; partition < view.Ring.Partitions; partition++)
                deleted += await SubjectsAsync(home.Node, SubjectHomes.PartitionOf(home, PartitionNames.Of(partition)), cancellationToken);
            deleted += await ReplaysAsync(home, cancellationToken);
        }

        return deleted;
    }

    private async Task<int> SubjectsAsync(Node node, string partition, CancellationToken cancellationToken)
    {
        var deleted = 0;
        await KeyRows.ForEachPageAsync(node.Replica, partition, KeyRows.Owned, async page =>
        {
            if (await _clocks.NowAsync(node, cancellationToken) is not { } now)
                return false;
            foreach (var row in page)
            {
                if (StoredRow.Of(row) is { } stored && IsBlank(stored, now))
                    deleted += await DeleteAsync(new SubjectHome(node, partition, row.Name, 0), now, cancellationToken);
            }

            return true;
        }, cancellationToken);
        return deleted;
    }

    // All parts of a subject, or none.
    private async Task<int> DeleteAsync(SubjectHome home, Moment now, CancellationToken cancellationToken) =>
        await _store.ReadTogetherAsync(home, null, cancellationToken) is { Rows: [{ ETag.Length: > 0 }, ..] } stored && stored.Rows.All(row => IsBlank(row, now))
            && await SubjectStore.ChangeAsync(stored, [], cancellationToken) is RowCommit.Done ? 1 : 0;

    private async Task<int> ReplaysAsync(Home home, CancellationToken cancellationToken)
    {
        var (partition, deleted) = (home.Partition(ReplayStore.Place), 0);
        await KeyRows.ForEachPageAsync(home.Node.Replica, partition, ReplayStore.Prefix, async page =>
        {
            foreach (var row in page)
            {
                if (RowJson.TryDecode<ReplayRecord>(row.Data) is { } record && _clock.GetUtcNow() - record.Since > ReplayLife)
                    deleted += await home.Node.Replica.CommitAsync(partition, [new RowChange.Delete(row.Name, row.ETag)], cancellationToken) is RowCommit.Done ? 1 : 0;
            }

            return true;
        }, cancellationToken);
        return deleted;
    }

    private static bool IsBlank(StoredRow stored, Moment now) => stored.Row.Tidy(now.Earliest) is { Limits.IsEmpty: true, Reservations.IsEmpty: true };
}

/// <summary>The room's timer.</summary>
public sealed class LimitsTimers(LimitsExpiry expiry)
{
    [Function("limits-expiry")]
    public Task Expire([TimerTrigger("0 7 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => expiry.RunAsync(cancellationToken);
}
