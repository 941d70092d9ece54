using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Serverless.Replication;

/// <summary>
/// Hands the hints on the nodes that this region looks after to the owners they wait for, and deletes those that were taken. Under a lease per
/// node and owner; no faster than the configured rate; an owner that does not take them is left alone for longer each time, from
/// 15 s to 10 min. Resumable: what was taken is gone from the list.
/// </summary>
public sealed partial class HintHandover(
    ClusterViews views, StampDuties duties, CommitLog log, IOptions<ReplicationOptions> options, TimeProvider clock, ILogger<HintHandover> logger)
{
    /// <summary>How long a run has the hints for one owner to itself: 2 minutes.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan LeastBackOff = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan MostBackOff = TimeSpan.FromMinutes(10);
    private const int HintsAtOnce = 8;

    // Hints not taken in one run before it is left for later: the owner is down again.
    private const int MostMissed = 100;

    // With the hint itself, as many as one transaction may change.
    private const int MostValues = 99;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (await views.GetAsync(cancellationToken) is not { } view)
            return;

        foreach (var standIn in view.Nodes.Values.Where(await duties.NowAsync(view, cancellationToken)))
        {
            foreach (var state in await StatesAsync(view, standIn, cancellationToken) ?? [])
            {
                if (await HasAnyAsync(standIn, state, cancellationToken))
                    await HandOverAsync(view, standIn, state.Owner, cancellationToken);
                if (state.FullSince is not null && await new FullRepair(view, clock).IsDoneAsync(state, cancellationToken))
                    await HintState.ChangeAsync(standIn, state.Owner, s => s.DroppedAt == state.DroppedAt ? s with { FullSince = null, DroppedAt = null } : null, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Merges every hint of every node into the owners of its key, so that nothing acknowledged is on hints alone. False when a node does
    /// not answer, or fewer than W owners took one.
    /// </summary>
    internal async Task<bool> DrainAsync(ClusterView view, CancellationToken cancellationToken)
    {
        foreach (var standIn in view.Nodes.Values)
        {
            if (await StatesAsync(view, standIn, cancellationToken) is not { } states)
                return false;
            foreach (var state in states)
            {
                if (!await EachAsync(view, standIn, state.Owner, row => DeliverAsync(view, standIn, state.Owner, row, everyOwner: true, cancellationToken), cancellationToken))
                    return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Leaves no hint on a node that goes, nor any for it elsewhere: merges each into all owners of its key, and deletes those that W owners took: nothing waits
    /// for them any more. False when one was not taken, or a node does not answer.
    /// </summary>
    internal async Task<bool> EmptyAsync(ClusterView view, Node leaving, CancellationToken cancellationToken)
    {
        if (await StatesAsync(view, leaving, cancellationToken) is not { } states)
            return false;
        var kept = states.Select(state => (StandIn: leaving, state.Owner)).Concat(view.Nodes.Values.Where(node => node != leaving).Select(node => (StandIn: node, Owner: leaving.Id)));
        var empty = true;
        foreach (var (standIn, owner) in kept)
        {
            empty &= await EachAsync(view, standIn, owner, async row =>
            {
                if (!await DeliverAsync(view, standIn, owner, row, everyOwner: true, cancellationToken))
                    return false;
                await DeleteAsync(standIn, owner, row, cancellationToken);
                return true;
            }, cancellationToken) && await FirstAsync(standIn, owner, cancellationToken) is RowList.Page({ Count: 0 });
        }

        return empty;
    }

    /// <summary>What a node keeps for every node, whether or not a hint for it was ever counted: one whose answer was lost may be there all the same. Null when it does not answer.</summary>
    internal static async Task<IReadOnlyList<HintState>?> StatesAsync(ClusterView view, Node standIn, CancellationToken cancellationToken) =>
        await HintState.ListAsync(standIn, cancellationToken) is { } states
            ? [.. states, .. view.Nodes.Keys.Where(id => id != standIn.Id).Except(states.Select(s => s.Owner)).Select(HintState.None)]
            : null;

    private static async Task<bool> HasAnyAsync(Node standIn, HintState state, CancellationToken cancellationToken) =>
        state.Count > 0 || await FirstAsync(standIn, state.Owner, cancellationToken) is RowList.Page({ Count: > 0 });

    private static Task<RowList> FirstAsync(Node standIn, string owner, CancellationToken cancellationToken) =>
        standIn.Replica.ListAsync(HintNames.PartitionOf(owner), KeyRows.Hinted, KeyRows.End, 1, cancellationToken);

    private async Task HandOverAsync(ClusterView view, Node standIn, string owner, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetUtcNow();
        var leased = await HintState.ChangeAsync(
            standIn, owner, s => s.NextTry > startedAt || s.LeaseEnd > startedAt ? null : s with { LeaseEnd = startedAt + Lease }, cancellationToken);
        if (leased is null)
            return;

        var taken = 0;
        var started = clock.GetTimestamp();
        using var lease = new CancellationTokenSource(Lease, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lease.Token, cancellationToken);
        var all = await IsThereAsync(view, owner, either.Token) && await EachAsync(view, standIn, owner, async row =>
        {
            if (!await DeliverAsync(view, standIn, owner, row, everyOwner: false, either.Token))
                return false;
            await DeleteAsync(standIn, owner, row, either.Token);
            return await PaceAsync(Interlocked.Increment(ref taken), started, either.Token);
        }, either.Token);
        var failures = all || taken > 0 ? 0 : leased.Failures + 1;
        await HintState.ChangeAsync(
            standIn,
            owner,
            s => s with
            {
                Count = all ? 0 : Math.Max(0, s.Count - taken),
                DeliveredAt = taken > 0 ? clock.GetUtcNow() : s.DeliveredAt,
                Failures = failures,
                NextTry = clock.GetUtcNow() + BackOff(failures),
                LeaseEnd = default,
            },
            cancellationToken);
        if (taken > 0)
            LogHandedOver(standIn.Id, taken, owner);
    }

    // An owner that left is not asked: its hints go to the owners of the day. One that is down lets a probe through.
    private static async Task<bool> IsThereAsync(ClusterView view, string owner, CancellationToken cancellationToken) =>
        !view.Nodes.TryGetValue(owner, out var node) || await HintState.ReadAsync(node, owner, cancellationToken) is not null;

    // Goes on past hints that are not taken, unless nobody takes any: one that cannot be delivered must not hold up the others. Not past the end of the view:
    // whom it names may not own the keys any more.
    private async Task<bool> EachAsync(ClusterView view, Node standIn, string owner, Func<Row, Task<bool>> take, CancellationToken cancellationToken)
    {
        var missed = 0;
        var walked = await KeyRows.ForEachPageAsync(standIn.Replica, HintNames.PartitionOf(owner), KeyRows.Hinted, async page =>
        {
            foreach (var some in page.Where(row => HintNames.Parse(row.Name) is not null).Chunk(HintsAtOnce))
            {
                var taken = await Task.WhenAll(some.Select(take));
                missed += taken.Count(t => !t);
                if (missed > MostMissed || cancellationToken.IsCancellationRequested || !await views.IsCurrentAsync(view, cancellationToken))
                    return false;
            }

            return true;
        }, cancellationToken);
        return walked && missed == 0;
    }

    private async Task<bool> DeliverAsync(ClusterView view, Node standIn, string owner, Row row, bool everyOwner, CancellationToken cancellationToken)
    {
        var key = HintNames.Parse(row.Name)!.Value.Key;
        if (ReplicaRowCodec.TryDecode(row.Data) is not { } hint)
            return false;

        var partition = view.Partition(key);
        var sites = view.Owners(key).Select(node => RowSite.Of(node, partition)).ToList();
        var values = new ValueRows([RowSite.Hint(standIn, owner, partition), .. sites]);
        var named = sites.Where(site => site.Node.Id == owner).ToList();
        var targets = everyOwner || named.Count == 0 ? sites : named;
        var took = await Task.WhenAll(targets.Select(site => new RowLane(site, key, values, log).MergeAsync(hint.Set, cancellationToken)));
        var held = targets.Where((_, i) => took[i]).Select(site => site.Node).ToHashSet();
        return targets == named
            ? held.Count == named.Count
            : view.Quorums(key).All(quorum => quorum.Count(held.Contains) >= Math.Min(quorum.Count, options.Value.WriteQuorum));
    }

    // Unless it changed since: then it holds more, and waits for the next run.
    private static async Task DeleteAsync(Node standIn, string owner, Row row, CancellationToken cancellationToken)
    {
        var partition = HintNames.PartitionOf(owner);
        var (number, key) = HintNames.Parse(row.Name)!.Value;
        var site = RowSite.Hint(standIn, owner, PartitionNames.Of(number));
        RowChange hint = new RowChange.Delete(row.Name, row.ETag);
        List<RowChange> values =
            [.. ReplicaRowCodec.Decode(row.Data).Set.Versions.Where(v => v.HasOwnRow).Take(MostValues).Select(v => new RowChange.Delete(site.ValueRow(key, v.Dot)))];
        if (await standIn.Replica.CommitAsync(partition, [hint, .. values], cancellationToken) is not RowCommit.Refused || values.Count == 0)
            return;

        // The hint changed, or a value is not there.
        if (await standIn.Replica.CommitAsync(partition, [hint], cancellationToken) is RowCommit.Done)
            await Task.WhenAll(values.Select(value => standIn.Replica.CommitAsync(partition, [value], cancellationToken)));
    }

    // False when the lease ends first: the rest waits for the next run.
    private async Task<bool> PaceAsync(int taken, long started, CancellationToken cancellationToken)
    {
        var ahead = TimeSpan.FromSeconds((double)taken / options.Value.HintsPerSecond) - clock.GetElapsedTime(started);
        if (ahead > TimeSpan.Zero)
            await Task.Delay(ahead, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return !cancellationToken.IsCancellationRequested;
    }

    private static TimeSpan BackOff(int failures) => failures == 0
        ? TimeSpan.Zero
        : TimeSpan.FromTicks(Math.Min(MostBackOff.Ticks, LeastBackOff.Ticks << Math.Min(failures - 1, 10)));

    [LoggerMessage(Level = LogLevel.Information, Message = "{Node} handed {Hints} hints over to {Owner}")]
    private partial void LogHandedOver(string node, int hints, string owner);
}
