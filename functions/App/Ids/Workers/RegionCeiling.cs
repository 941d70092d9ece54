using Serverless.Replication;

namespace Serverless.Ids;

/// <summary>Opens a region's partition of worker ids, and raises its ceiling: first the mark on a quorum of nodes, then the region's row.</summary>
/// <param name="highWater">Keeps the mark.</param>
/// <param name="agreed">The layout of all regions.</param>
/// <param name="layout">The layout of this instance.</param>
/// <param name="ahead">Milliseconds that the mark is raised further than is asked.</param>
/// <param name="clock">The clock.</param>
/// <param name="random">Spreads retries.</param>
internal sealed class RegionCeiling(HighWater highWater, AgreedLayout agreed, SnowflakeLayout layout, long ahead, TimeProvider clock, Random random)
{
    private const string Sequence = "snowflake/";
    private const int MostTries = 8;
    private const int FirstPauseMilliseconds = 100;

    /// <summary>The region's row, once it lets some milliseconds be reserved. Refused when it is not known to.</summary>
    /// <param name="view">Says where the region counts.</param>
    /// <param name="home">There.</param>
    /// <param name="span">The first millisecond that is wanted and the one after the last, given where the region stands.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(RegionRow? Region, IdRefusal? Refusal)> AllowAsync(
        ClusterView view, Home home, Func<RegionRow, (long From, long Until)> span, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            // When many instances start at once, most of them find that another has done it.
            if (tries > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(FirstPauseMilliseconds << Math.Min(tries, 4))), clock, cancellationToken);
            var read = await home.ReadOrOpenAsync(PartitionOf(home), RegionRow.Name, () => OpeningAsync(home, cancellationToken), cancellationToken);
            if (read is RowRead.Missing)
                continue;
            if (read is not RowRead.Found(var row) || RowJson.TryDecode<RegionRow>(row.Data) is not { } region)
                break;

            if (region.Layout != layout.Name)
                return (null, new IdRefusal.OtherLayout(region.Layout, layout.Name));
            var (from, until) = span(region);
            if (from >= SnowflakeLayout.EndMilliseconds)
                return (null, IdRefusal.UsedUp.Instance);
            if (until <= region.Ceiling)
                return (region, null);

            if (await RaisedAsync(view, home, region, until, cancellationToken) is { } raised
                && await home.Node.Replica.CommitAsync(PartitionOf(home), [new RowChange.Replace(RegionRow.Name, RowJson.Encode(raised), row.ETag)], cancellationToken) is RowCommit.Done
                && span(raised).Until <= raised.Ceiling)
            {
                return (raised, null);
            }
        }

        return (null, IdRefusal.Unavailable.Instance);
    }

    /// <summary>Where a region's worker ids lie.</summary>
    public static string PartitionOf(Home home) => home.Partition("workers/" + home.Node.Region);

    private async Task<byte[]?> OpeningAsync(Home home, CancellationToken cancellationToken) =>
        await agreed.NameAsync(cancellationToken) is { } name && await highWater.ReadAsync(Sequence + home.Node.Region, home.Id, cancellationToken) is { } mark
            ? RowJson.Encode(new RegionRow(Math.Max(mark.Value, mark.Others), 0, mark.Others, name))
            : null;

    private async Task<RegionRow?> RaisedAsync(ClusterView view, Home home, RegionRow region, long until, CancellationToken cancellationToken) =>
        await highWater.RaiseAsync(view, Sequence + home.Node.Region, home.Id, Math.Min(until + ahead, SnowflakeLayout.EndMilliseconds), cancellationToken) is { } mark
            ? region with { Start = mark.Others > region.Others ? Math.Max(region.Start, mark.Others) : region.Start, Ceiling = mark.Value, Others = mark.Others }
            : null;
}
