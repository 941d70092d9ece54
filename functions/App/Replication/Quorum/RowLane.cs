namespace Serverless.Replication;

/// <summary>
/// One key on one node, during one operation: remembers the last state seen, and changes it by compare-and-swap until the
/// change holds or the node fails. Calls on one lane never overlap.
/// </summary>
internal sealed class RowLane(RowSite site, ReplicaKey key, ValueRows values, CommitLog log)
{
    /// <summary>Swaps tried on one row before giving up: each loss means that another writer won, so progress is made by someone.</summary>
    private const int MostSwaps = 16;

    // Of one transaction in Azure Tables.
    private const int MostChanges = 100;

    private readonly SemaphoreSlim _turn = new(1);
    private bool _remembered;
    private bool _valueMissing;
    private string? _refusedAt;

    /// <summary>A lane per node, all of them owners of the key.</summary>
    public static List<RowLane> OfOwners(ClusterView view, ReplicaKey key, IEnumerable<Node> nodes, CommitLog log)
    {
        RowSite[] sites = [.. nodes.Select(node => RowSite.Of(node, view.Partition(key)))];
        var values = new ValueRows(sites);
        return [.. sites.Select(site => new RowLane(site, key, values, log))];
    }

    public Node Node => site.Node;

    /// <summary>Whether this is a hint, kept for an owner, and not an owner's row.</summary>
    public bool IsHint => site.IsHint;

    /// <summary>The row as last seen; null before anything was.</summary>
    public ReplicaRow? Row { get; private set; }

    /// <summary>The ETag of <see cref="Row"/>; null when the row does not exist.</summary>
    public string? ETag { get; private set; }

    /// <summary>When the row as last read was changed, by the storage's own clock; the beginning of time when there was none.</summary>
    public DateTimeOffset Written { get; private set; }

    /// <summary>The concurrent versions that made this row refuse the last mint; 0 when none did.</summary>
    public int TooMany { get; private set; }

    /// <summary>Whether this row refused the last mint because its key is written strictly.</summary>
    public bool RefusesAsStrict { get; private set; }

    /// <summary>Whether a change made here created the row.</summary>
    public bool Created { get; private set; }

    /// <summary>Begins with what an earlier operation saw.</summary>
    public void Recall(ReplicaRow row, string etag) => (Row, ETag, _remembered) = (row, etag, true);

    /// <summary>Begins without asking, as if there were no row: if there is one, the first change is refused and reads it.</summary>
    public void AssumeMissing() => (Row, ETag, _remembered) = (ReplicaRow.Empty, null, true);

    /// <summary>False when the node did not answer, or answered with a row that no version of this code wrote.</summary>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        switch (await site.Node.Replica.ReadAsync(site.Partition, site.Row(key), cancellationToken))
        {
            case RowRead.Found(var found) when ReplicaRowCodec.TryDecode(found.Data) is { } row:
                (Row, ETag, Written, _remembered) = (row, found.ETag, found.Written, false);
                return true;
            case RowRead.Missing:
                (Row, ETag, Written, _remembered) = (ReplicaRow.Empty, null, default, false);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Creates the row without reading it first. Sent once: a lost answer must never create the row again with the same epoch.</summary>
    public async Task<RowCommit> InsertAsync(ReplicaRow row, CancellationToken cancellationToken)
    {
        var outcome = await CommitAsync(null, ReplicaRow.Empty, row, cancellationToken);
        if (outcome is RowCommit.Done(var etags))
            (Row, ETag) = (row, etags[0]);
        return outcome;
    }

    /// <summary>Deletes the row, which has no long values, if it still is as last read. False when that could not be established: it may be gone all the same.</summary>
    public async Task<bool> DeleteAsync(CancellationToken cancellationToken)
    {
        var changes = new List<RowChange> { new RowChange.Delete(site.Row(key), ETag!) };
        if (log.Entry(key, Row!, ReplicaRow.Empty) is { } entry)
            changes.Add(entry);
        return await site.Node.Replica.CommitAsync(site.Partition, changes, cancellationToken) is RowCommit.Done;
    }

    /// <summary>Makes the node's row include <paramref name="set"/>. False when that could not be established in time.</summary>
    public Task<bool> MergeAsync(VersionSet set, CancellationToken cancellationToken) => SwapAsync(
        row => row.Set.Merge(set) is var merged && merged.SameAs(row.Set) ? null : row with { Set = merged },
        row => set.Merge(row.Set).SameAs(row.Set),
        cancellationToken);

    /// <summary>
    /// Coordinates a write here: issues a dot under the row's ETag. False when that could not be established; the row may hold
    /// the write all the same, under the same nonce.
    /// </summary>
    /// <param name="intent">What is written.</param>
    /// <param name="issued">The dot under which the write may have landed elsewhere: it is the same write here. Null: none was issued yet.</param>
    /// <param name="maxSiblings">Concurrent versions above which the row refuses.</param>
    /// <param name="newEpoch">Random, for a row that issues its first dot.</param>
    /// <param name="cancellationToken">Ends the operation.</param>
    public async Task<bool> MintAsync(WriteIntent intent, Dot? issued, int maxSiblings, Func<ulong> newEpoch, CancellationToken cancellationToken)
    {
        // A remembered row may be out of date: it is good for a try, not for a refusal.
        if (_remembered && Row!.Set.Versions.Length >= maxSiblings)
            Row = null;
        return await SwapAsync(
            row =>
            {
                if (Holds(row) || (RefusesAsStrict = row.IsStrict))
                    return null;
                TooMany = row.Set.Versions.Count(v => !intent.Seen.Covers(v.Dot)) is var siblings && siblings >= maxSiblings ? siblings : 0;
                if (TooMany > 0)
                    return null;
                if (issued is { } dot)
                    return row with { Set = row.Set.Write(intent.At(dot), intent.Seen) };

                var own = row.OwnEpoch == 0 ? newEpoch() : row.OwnEpoch;
                var actor = new Actor(site.Node.Incarnation, own);
                var counter = Math.Max(row.Set.Context.Last(actor), intent.Seen.Last(actor)) + 1;
                return row with { OwnEpoch = own, Set = row.Set.Write(intent.At(new Dot(actor, counter)), intent.Seen) };
            },
            Holds,
            cancellationToken) && TooMany == 0 && !RefusesAsStrict;

        bool Holds(ReplicaRow row) => row.Set.Contains(intent.Nonce) || (issued is { } dot && row.Set.Context.Covers(dot));
    }

    /// <summary>Promises to take part in no lower ballot (phase 1 of Paxos). False when a higher one was promised before, which <see cref="Row"/> then tells, or that could not be established.</summary>
    public async Task<bool> PromiseAsync(Ballot ballot, CancellationToken cancellationToken) => await SwapAsync(
        row => row.Register is { } register && register.Promised >= ballot ? null : row with { Register = (row.Register ?? RegisterState.Blank) with { Promised = ballot } },
        row => row.Register?.Promised == ballot,
        cancellationToken) && Row!.Register!.Promised == ballot;

    /// <summary>Accepts a value, unless a higher ballot was promised (phase 2 of Paxos), and promises the ballot that its proposer uses next.</summary>
    /// <param name="ballot">The proposal's.</param>
    /// <param name="value">What is proposed.</param>
    /// <param name="beside">What the proposer knows of eventual versions: those that it overwrites are covered.</param>
    /// <param name="promised">It counts on the promise of just this ballot that this row gave after the change before: a row that was forgotten since, or begun anew, gave none.</param>
    /// <param name="cancellationToken">Ends the operation.</param>
    public async Task<bool> AcceptAsync(Ballot ballot, RegisterValue value, VersionSet beside, bool promised, CancellationToken cancellationToken) => await SwapAsync(
        row => (promised && row.Register?.Promised != ballot) || (row.Register is { } register && (register.Accepted >= ballot || register.Promised > ballot))
            ? null
            : row with { Set = row.Set.Merge(beside), Register = new RegisterState(Ballots.After(ballot), ballot, value) },
        row => row.Register?.Accepted == ballot,
        cancellationToken) && Row!.Register?.Accepted == ballot;

    /// <summary>
    /// Makes the node's row include another owner's: its versions, and what it accepted, as if the proposer's own message came late. A promise may refuse that here; then only a round of
    /// the register brings both together.
    /// </summary>
    public Task<bool> AdoptAsync(ReplicaRow found, CancellationToken cancellationToken)
    {
        ReplicaRow Adopted(ReplicaRow row)
        {
            var own = row.Register ?? RegisterState.Blank;
            return row with
            {
                Set = row.Set.Merge(found.Set),
                Register = found.Register is { Value: not null } other && other.Accepted > own.Accepted && other.Accepted >= own.Promised
                    ? other with { Promised = other.Accepted }
                    : row.Register,
            };
        }

        bool Holds(ReplicaRow row) => Adopted(row) is var adopted && adopted.Register == row.Register && adopted.Set.SameAs(row.Set);
        return SwapAsync(row => Holds(row) ? null : Adopted(row), Holds, cancellationToken);
    }

    private async Task<bool> SwapAsync(
        Func<ReplicaRow, ReplicaRow?> change, Func<ReplicaRow, bool> holds, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            for (var swaps = 0; swaps < MostSwaps; swaps++)
            {
                if (Row is null && !await ReadAsync(cancellationToken))
                    return false;
                if (change(Row!) is not { } next)
                    return true;

                switch (await CommitAsync(ETag, Row!, next, cancellationToken))
                {
                    case RowCommit.Done(var etags):
                        Created |= ETag is null;
                        (Row, ETag, _remembered) = (next, etags[0], false);
                        return true;
                    case RowCommit.Unavailable:
                        return false;
                    case RowCommit.Uncertain:
                        // The answer was lost; the row tells whether the change was.
                        return await ReadAsync(cancellationToken) && holds(Row!);
                    default:
                        Row = null;
                        break;
                }
            }

            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    // The log row travels in the same transaction, so trees miss no change. So do long values, those that do not fit ahead of it:
    // nothing points to them yet. Those of overwritten versions leave with it, or after it when one of them may be missing: deleting
    // what is not there would refuse the transaction for ever.
    private async Task<RowCommit> CommitAsync(string? etag, ReplicaRow before, ReplicaRow after, CancellationToken cancellationToken)
    {
        var data = ReplicaRowCodec.Encode(after);
        if (data.Length > ReplicaRowCodec.MostBytes)
            return new RowCommit.Unavailable("row-too-large");

        var changes = new List<RowChange>
        {
            etag is null ? new RowChange.Insert(site.Row(key), data) : new RowChange.Replace(site.Row(key), data, etag),
        };
        if (!site.IsHint && log.Entry(key, before, after) is { } entry)
            changes.Add(entry);
        var room = ValueRows.MostBytesPerTransaction - data.Length;
        foreach (var version in after.Set.Versions.Where(v => v.HasOwnRow && before.Set.Find(v.Dot) is null))
        {
            if (await values.FetchAsync(key, version, cancellationToken) is not { Value: { } value })
                return new RowCommit.Unavailable("value-missing");

            RowChange put = new RowChange.Put(site.ValueRow(key, version.Dot), value);
            room -= value.Length;
            if (room >= 0 && changes.Count < MostChanges)
                changes.Add(put);
            else if (await site.Node.Replica.CommitAsync(site.Partition, [put], cancellationToken) is not RowCommit.Done)
                return new RowCommit.Unavailable("value-not-written");
        }

        List<RowChange> deletes =
            [.. before.Set.Versions.Where(v => v.HasOwnRow && after.Set.Find(v.Dot) is null).Select(v => new RowChange.Delete(site.ValueRow(key, v.Dot)))];
        var together = !_valueMissing && changes.Count + deletes.Count <= MostChanges;
        var outcome = await site.Node.Replica.CommitAsync(site.Partition, together ? [.. changes, .. deletes] : changes, cancellationToken);
        if (outcome is RowCommit.Refused && together && deletes.Count > 0)
        {
            // Refused twice at one ETag: it is not the row that has changed.
            _valueMissing = _refusedAt == etag;
            _refusedAt = etag;
        }

        if (outcome is RowCommit.Done && !together)
        {
            foreach (var delete in deletes)
                await site.Node.Replica.CommitAsync(site.Partition, [delete], cancellationToken);
        }

        return outcome;
    }
}
