using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Replication;

namespace Serverless.Ids;

/// <summary>
/// Leases worker ids from the region's table by compare-and-swap. A lease is two promises: until its end others leave the worker id alone; and no other
/// owner ever issues milliseconds that it reserved. Only the second keeps ids unique, and no clock has a part in it. One call at a time.
/// </summary>
internal sealed partial class WorkerLeases(
    ClusterViews views, HighWater highWater, AgreedLayout agreed, SnowflakeLayout layout, IOptions<IdsOptions> options, IdsMetrics metrics, TimeProvider clock, Random random,
    ILogger<WorkerLeases> logger)
{
    private const int MostTries = 16;
    private const int MostRows = 1_000;

    // Of all worker ids: from here on it is said that they run out.
    private const double Scarce = 0.8;

    private readonly TimeSpan _length = TimeSpan.FromSeconds(options.Value.LeaseSeconds);
    private readonly LeaseWatch _watch = new(TimeSpan.FromSeconds(options.Value.LeaseSeconds), clock);
    private readonly RegionCeiling _ceiling = new(highWater, agreed, layout, options.Value.CeilingMinutes * 60_000L, clock, random);

    private long Ahead => (long)_length.TotalMilliseconds;

    private long Now => Math.Max(0, layout.MillisecondsAt(clock.GetUtcNow()));

    /// <summary>Takes a free worker id.</summary>
    /// <param name="from">The first millisecond to be issued, if nobody reserved that far.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LeaseResult> AcquireAsync(long from, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await views.GetAsync(cancellationToken) is not { } view)
                return Refused(IdRefusal.Unavailable.Instance);
            var home = Home.OfRegion(view, views.Region);
            var datacenter = view.Document.Regions.ToList().IndexOf(home.Node.Region);
            if (datacenter < 0 || datacenter >= layout.Datacenters)
                return Refused(new IdRefusal.NoDatacenter(home.Node.Region, datacenter, layout.Datacenters));
            if (await home.Node.Replica.ListAsync(RegionCeiling.PartitionOf(home), "0.", "0/", MostRows, cancellationToken) is not RowList.Page(var rows))
                return Refused(IdRefusal.Unavailable.Instance);

            var choice = WorkerChoice.Of([.. WorkerRow.Among(rows)], layout.Workers, Now, _watch, random);
            Tell(choice, home.Node.Region);
            if (choice.Worker is not { } worker)
                return Refused(new IdRefusal.NoWorker(layout.Workers, choice.FreeIn));

            long First(RegionRow region) => Math.Max(Math.Max(region.Start, choice.Row?.ReservedUntil ?? SnowflakeLayout.FirstMilliseconds), from);
            var (region, refusal) = await _ceiling.AllowAsync(view, home, region => (Math.Max(First(region), Now), Until(First(region))), cancellationToken);
            if (region is null)
                return Refused(refusal!);

            var first = First(region);
            var row = new WorkerRow(NewOwner(), 1 + (choice.Row?.LeaseEpoch ?? 0), clock.GetUtcNow() + _length, Math.Min(Until(first), region.Ceiling));
            var lease = new WorkerLease(home, datacenter, worker, row, choice.ETag ?? "", region.Ceiling, first);
            if (await SwapAsync(lease, isNew: choice.ETag is null, cancellationToken) is not LeaseResult.Lost and var result)
                return result;
        }

        return Refused(IdRefusal.Unavailable.Instance);
    }

    /// <summary>Reserves more for a lease, which may have ended: nobody may have noticed.</summary>
    /// <param name="lease">As last known.</param>
    /// <param name="from">The next millisecond to be issued.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LeaseResult> RenewAsync(WorkerLease lease, long from, CancellationToken cancellationToken)
    {
        if (await views.GetAsync(cancellationToken) is not { } view)
            return Refused(IdRefusal.Unavailable.Instance);
        var home = Home.OfRegion(view, views.Region);
        if (home.Id != lease.Home.Id)
            return LeaseResult.Lost.Instance;

        lease = lease with { Home = home };
        from = Math.Max(from, Now);
        var until = Math.Max(Until(from), lease.Row.ReservedUntil);
        if (from >= SnowflakeLayout.EndMilliseconds)
            return Refused(IdRefusal.UsedUp.Instance);
        if (until > lease.Ceiling)
        {
            var (region, refusal) = await _ceiling.AllowAsync(view, home, _ => (from, until), cancellationToken);

            // Another home has counted meanwhile, further than this lease had reserved.
            if (region?.Start > lease.Row.ReservedUntil)
                return LeaseResult.Lost.Instance;

            // Without a quorum it goes on to where the last one had allowed.
            if (region is null && (refusal is not IdRefusal.Unavailable || from >= lease.Ceiling))
                return Refused(refusal!);
            (lease, until) = region is null ? (lease, lease.Ceiling) : (lease with { Ceiling = region.Ceiling }, until);
        }

        return await SwapAsync(lease with { Row = lease.Row with { LeaseEnd = clock.GetUtcNow() + _length, ReservedUntil = until } }, isNew: false, cancellationToken);
    }

    /// <summary>Gives the worker id back, so that the next instance need not wait for the lease to end.</summary>
    /// <param name="lease">The last.</param>
    /// <param name="until">No id of this millisecond or a later one was issued, nor ever will be.</param>
    /// <param name="cancellationToken">Gives up: then it ends by itself.</param>
    public Task ReleaseAsync(WorkerLease lease, long until, CancellationToken cancellationToken)
    {
        var row = lease.Row with { Owner = "", LeaseEnd = clock.GetUtcNow(), ReservedUntil = Math.Min(until, lease.Row.ReservedUntil) };
        return lease.Home.Node.Replica.CommitAsync(
            RegionCeiling.PartitionOf(lease.Home), [new RowChange.Replace(WorkerRow.Name(lease.Worker), RowJson.Encode(row), lease.ETag)], cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Leased} of {Workers} worker ids of {Region} are leased: further instances will get none. Ids:WorkerBits says how many there are")]
    private partial void LogScarce(int leased, int workers, string region);

    private void Tell(WorkerChoice choice, string region)
    {
        metrics.Leased(choice.Leased, layout.Workers, region);
        if (choice.Leased >= Scarce * layout.Workers)
            LogScarce(choice.Leased, layout.Workers, region);
    }

    private static LeaseResult.Refused Refused(IdRefusal why) => new(why);

    private long Until(long from) => Math.Min(Math.Max(from, Now) + Ahead, SnowflakeLayout.EndMilliseconds);

    private string NewOwner() => SecureRandom.Next64(random).ToString("x16", CultureInfo.InvariantCulture);

    // Stores the lease's row over the ETag that it carries. A refusal may be the echo of an earlier try whose answer was lost: only the row tells.
    private static async Task<LeaseResult> SwapAsync(WorkerLease lease, bool isNew, CancellationToken cancellationToken)
    {
        var (partition, name, data) = (RegionCeiling.PartitionOf(lease.Home), WorkerRow.Name(lease.Worker), RowJson.Encode(lease.Row));
        for (var tries = 0; tries < MostTries; tries++)
        {
            RowChange change = isNew ? new RowChange.Insert(name, data) : new RowChange.Replace(name, data, lease.ETag);
            switch (await lease.Home.Node.Replica.CommitAsync(partition, [change], cancellationToken))
            {
                case RowCommit.Done(var etags):
                    return new LeaseResult.Held(lease with { ETag = etags[0] });
                case RowCommit.Unavailable:
                    return Refused(IdRefusal.Unavailable.Instance);
            }

            switch (await lease.Home.Node.Replica.ReadAsync(partition, name, cancellationToken))
            {
                case RowRead.Found(var row) when RowJson.TryDecode<WorkerRow>(row.Data) is { } now && now.Owner == lease.Row.Owner:
                    if (now == lease.Row)
                        return new LeaseResult.Held(lease with { ETag = row.ETag });
                    (lease, isNew) = (lease with { ETag = row.ETag }, false);
                    break;
                case RowRead.Unavailable:
                    return Refused(IdRefusal.Unavailable.Instance);
                default:
                    return LeaseResult.Lost.Instance;
            }
        }

        return Refused(IdRefusal.Unavailable.Instance);
    }
}
