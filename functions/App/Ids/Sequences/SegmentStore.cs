using System.Globalization;
using Serverless.Replication;

namespace Serverless.Ids;

/// <summary>Takes segments of sequences from their homes, by compare-and-swap: one swap for as many numbers as an instance uses in some minutes (Meituan's Leaf, 2017).</summary>
internal sealed class SegmentStore(ClusterViews views, HighWater highWater, TimeProvider clock, Random random)
{
    private const string Row = "0.segment";
    private const int MostTries = 8;
    private const int LongestPauseMilliseconds = 100;

    // The mark is raised by so many segments at once: so many may be missing after a home has lost its tables.
    private const int SegmentsAhead = 10;

    /// <summary>The next <paramref name="count"/> counts, and the allocator that gave them.</summary>
    public async Task<(Allocator? By, Segment Segment, IdRefusal? Refusal)> TakeAsync(
        Func<ClusterView, Allocator> allocator, int count, CancellationToken cancellationToken)
    {
        var taker = SecureRandom.Next64(random).ToString("x16", CultureInfo.InvariantCulture);
        for (var tries = 0; tries < MostTries; tries++)
        {
            // Another instance was faster, or the answer was lost: the row tells.
            if (tries > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(LongestPauseMilliseconds)), clock, cancellationToken);
            if (await views.GetAsync(cancellationToken) is not { } view)
                return Unavailable;
            var by = allocator(view);
            if (by.Place < 0 || by.Place >= by.Step)
                return (null, default, new IdRefusal.NoDatacenter(by.Home.Node.Region, by.Place, by.Step));

            var partition = by.Home.Partition(by.Key);
            var read = await by.Home.ReadOrOpenAsync(partition, Row, () => OpeningAsync(by, cancellationToken), cancellationToken);
            if (read is RowRead.Missing)
                continue;
            if (read is not RowRead.Found(var row) || RowJson.TryDecode<SegmentRow>(row.Data) is not { } stored)
                return Unavailable;
            if (stored.Taker == taker)
                return (by, new Segment(stored.Next - count, count), null);

            if (await AllowAsync(view, by, stored, count, cancellationToken) is not { } allowed)
                continue;
            if (allowed.Next + count > by.End)
                return (null, default, IdRefusal.UsedUp.Instance);

            var data = RowJson.Encode(allowed with { Next = allowed.Next + count, Taker = taker });
            switch (await by.Home.Node.Replica.CommitAsync(partition, [new RowChange.Replace(Row, data, row.ETag)], cancellationToken))
            {
                case RowCommit.Done:
                    return (by, new Segment(allowed.Next, count), null);
                case RowCommit.Unavailable:
                    return Unavailable;
            }
        }

        return Unavailable;
    }

    private static (Allocator? By, Segment Segment, IdRefusal? Refusal) Unavailable => (null, default, IdRefusal.Unavailable.Instance);

    private async Task<byte[]?> OpeningAsync(Allocator by, CancellationToken cancellationToken) =>
        await highWater.ReadAsync(by.Key, by.Home.Id, cancellationToken) is { } mark ? RowJson.Encode(new SegmentRow(Math.Max(mark.Value, mark.Others), 0, mark.Others, "")) : null;

    // The row, with a ceiling that lets so many more be handed out; null when no quorum answers.
    private async Task<SegmentRow?> AllowAsync(ClusterView view, Allocator by, SegmentRow stored, int count, CancellationToken cancellationToken)
    {
        if (stored.Next + count <= stored.Ceiling)
            return stored;

        var to = Math.Min(stored.Next + (long)count * SegmentsAhead, by.End);
        if (await highWater.RaiseAsync(view, by.Key, by.Home.Id, to, cancellationToken) is not { } raised)
            return null;
        var next = raised.Others > stored.Others ? Math.Max(stored.Next, raised.Others) : stored.Next;
        var allowed = stored with { Next = next, Ceiling = raised.Value, Others = raised.Others };
        return allowed.Next + count <= allowed.Ceiling || allowed.Next + count > by.End ? allowed : await AllowAsync(view, by, allowed, count, cancellationToken);
    }
}
