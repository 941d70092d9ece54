using Serverless.Replication;

namespace Serverless.Ids;

/// <summary>Opens a region's partition of worker ids, and raises its ceiling: first the mark on a quorum of nodes, then the region's row.</summary>
/// <param name="highWater">Keeps the mark.</param>
/// <param name="layout">Which may never change.</param>
/// <param name="ahead">Milliseconds that the mark is raised further than is asked.</param>
internal sealed class RegionCeiling(HighWater highWater, SnowflakeLayout layout, long ahead)
{
    private const string Sequence = "snowflake/";
    private const int MostTries = 8;

    /// <summary>The region's row, once it allows what <paramref name="until"/> asks of it. Refused when it is not known to.</summary>
    /// <param name="epoch">Of the view that says so.</param>
    /// <param name="home">Where it is.</param>
    /// <param name="row">As just read; null when there is none.</param>
    /// <param name="until">What is to be reserved, from where the region stands.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(RegionRow? Region, IdRefusal? Refusal)> AllowAsync(
        int epoch, Home home, Row? row, Func<RegionRow, long> until, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var stored = row is { } there ? RowJson.TryDecode<RegionRow>(there.Data) : null;
            var region = stored ?? await OpenedAsync(home, cancellationToken);
            if (region is null)
                return (null, IdRefusal.Unavailable.Instance);
            if (region.Layout != layout.Name)
                return (null, new IdRefusal.OtherLayout(region.Layout, layout.Name));
            if (stored is not null && until(region) <= region.Ceiling)
                return (region, null);

            if (await RaisedAsync(epoch, home, region, until(region), cancellationToken) is not { } raised)
                return (null, IdRefusal.Unavailable.Instance);
            var data = RowJson.Encode(raised);
            RowChange change = row is { } old ? new RowChange.Replace(RegionRow.Name, data, old.ETag) : new RowChange.Insert(RegionRow.Name, data);
            if (await home.Node.Replica.CommitAsync(PartitionOf(home), [change], cancellationToken) is RowCommit.Unavailable)
                return (null, IdRefusal.Unavailable.Instance);

            // Whether it was written, or another instance was faster: the row tells.
            switch (await home.Node.Replica.ReadAsync(PartitionOf(home), RegionRow.Name, cancellationToken))
            {
                case RowRead.Found(var now):
                    row = now;
                    break;
                case RowRead.Missing:
                    row = null;
                    break;
                default:
                    return (null, IdRefusal.Unavailable.Instance);
            }
        }

        return (null, IdRefusal.Unavailable.Instance);
    }

    /// <summary>Where a region's worker ids lie.</summary>
    public static string PartitionOf(Home home) => home.Partition("workers/" + home.Node.Region);

    // A table that knows nothing of this region: its tables were lost, or nobody ever asked for an id here.
    private async Task<RegionRow?> OpenedAsync(Home home, CancellationToken cancellationToken) =>
        await highWater.ReadAsync(Sequence + home.Node.Region, home.Id, cancellationToken) is { } mark
            ? new RegionRow(Math.Max(mark.Value, mark.Others), 0, mark.Others, mark.Of ?? layout.Name)
            : null;

    private async Task<RegionRow?> RaisedAsync(int epoch, Home home, RegionRow region, long until, CancellationToken cancellationToken) =>
        await highWater.RaiseAsync(epoch, Sequence + home.Node.Region, home.Id, until + ahead, layout.Name, cancellationToken) is { } mark
            ? region with { Start = mark.Others > region.Others ? Math.Max(region.Start, mark.Others) : region.Start, Ceiling = mark.Value, Others = mark.Others }
            : null;
}
