namespace Serverless.Replication;

/// <summary>
/// One key on one node, during one operation: remembers the last state seen, and changes it by compare-and-swap until the
/// change holds or the node fails. Calls on one lane never overlap.
/// </summary>
internal sealed class RowLane(Node node, ReplicaKey key, string partition, ValueRows values)
{
    /// <summary>Swaps tried on one row before giving up: each loss means that another writer won, so progress is made by someone.</summary>
    private const int MostSwaps = 16;

    private readonly SemaphoreSlim _turn = new(1);

    public Node Node => node;

    /// <summary>The row as last seen; null before anything was.</summary>
    public ReplicaRow? Row { get; private set; }

    /// <summary>The ETag of <see cref="Row"/>; null when the row does not exist.</summary>
    public string? ETag { get; private set; }

    /// <summary>The concurrent versions that made this row refuse the last mint; 0 when none did.</summary>
    public int TooMany { get; private set; }

    public void Remember(ReplicaRow row, string? etag) => (Row, ETag) = (row, etag);

    /// <summary>False when the node did not answer, or answered with a row that no version of this code wrote.</summary>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        switch (await node.Replica.ReadAsync(partition, key.Row, cancellationToken))
        {
            case RowRead.Found(var found) when ReplicaRowCodec.TryDecode(found.Data) is { } row:
                Remember(row, found.ETag);
                return true;
            case RowRead.Missing:
                Remember(ReplicaRow.Empty, null);
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
            Remember(row, etags[0]);
        return outcome;
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
    public async Task<bool> MintAsync(WriteIntent intent, int maxSiblings, Func<ulong> newEpoch, CancellationToken cancellationToken)
    {
        TooMany = 0;
        return await SwapAsync(
            row =>
            {
                if (row.Set.Contains(intent.Nonce))
                    return null;
                var siblings = row.Set.Versions.Count(v => !intent.Seen.Covers(v.Dot));
                if (siblings >= maxSiblings)
                {
                    TooMany = siblings;
                    return null;
                }

                var own = row.OwnEpoch == 0 ? newEpoch() : row.OwnEpoch;
                var actor = new Actor(node.Incarnation, own);
                var counter = Math.Max(row.Set.Context.Last(actor), intent.Seen.Last(actor)) + 1;
                return new ReplicaRow(own, row.Set.Write(intent.At(new Dot(actor, counter)), intent.Seen));
            },
            row => row.Set.Contains(intent.Nonce),
            cancellationToken) && TooMany == 0;
    }

    private async Task<bool> SwapAsync(
        Func<ReplicaRow, ReplicaRow?> change, Func<ReplicaRow, bool> holds, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
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
                        Remember(next, etags[0]);
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

    // Long values travel in the transaction of the row that points to them; those of overwritten versions leave in it.
    private async Task<RowCommit> CommitAsync(string? etag, ReplicaRow before, ReplicaRow after, CancellationToken cancellationToken)
    {
        var data = ReplicaRowCodec.Encode(after);
        var changes = new List<RowChange>
        {
            etag is null ? new RowChange.Insert(key.Row, data) : new RowChange.Replace(key.Row, data, etag),
        };
        var room = ValueRows.MostBytesPerTransaction;
        foreach (var version in after.Set.Versions.Where(v => v.HasOwnRow && before.Set.Find(v.Dot) is null))
        {
            if (await values.FetchAsync(key, partition, version, cancellationToken) is not { Value: { } value })
                return new RowCommit.Unavailable("value-missing");

            RowChange put = new RowChange.Put(key.ValueRow(version.Dot), value);
            room -= value.Length;
            if (room >= 0)
                changes.Add(put);
            else if (await node.Replica.CommitAsync(partition, [put], cancellationToken) is not RowCommit.Done)
                return new RowCommit.Unavailable("value-not-written");
        }

        changes.AddRange(before.Set.Versions
            .Where(v => v.HasOwnRow && after.Set.Find(v.Dot) is null)
            .Select(v => new RowChange.Delete(key.ValueRow(v.Dot))));
        return await node.Replica.CommitAsync(partition, changes, cancellationToken);
    }
}
