namespace Serverless.Capacity;

/// <summary>
/// How far each limit is away. What can be enlarged at any time, such as accounts, is compared with the most that there may be of it; what is fixed for good, such as partitions, with
/// what there is.
/// </summary>
internal static class Headrooms
{
    private const int Tenfold = 10;

    /// <summary>The nearest comes first.</summary>
    public static IReadOnlyList<Headroom> Of(Load load, Demand demand) => [.. All(load, demand).OfType<Headroom>().OrderBy(one => one.Times).ThenBy(one => one.Limit, StringComparer.Ordinal)];

    /// <summary>What ten times the load would exceed, in order.</summary>
    public static IReadOnlyList<string> AtTenfold(IEnumerable<Headroom> limits) => [.. limits.Where(one => one.Times < Tenfold).Select(one => one.Limit)];

    private static IEnumerable<Headroom?> All(Load load, Demand demand)
    {
        var (nodes, regions) = (demand.Nodes, Term.Of(load.Regions.Count, "regions"));
        var accounts = AzureLimits.NodesPerRegion.ToTerm() * regions;
        yield return Of("Calls of all nodes", "/s", nodes.PeakCalls, accounts * AzureLimits.AccountCalls, AzureLimits.AccountCalls);
        yield return Of("Rows in all nodes", "TB", demand.Stored.Tables, accounts * AzureLimits.TableBytes, AzureLimits.TableBytes);
        yield return Of("Entities of a partition", "/s", nodes.Entities, AzureLimits.PartitionEntities, AzureLimits.PartitionEntities);
        yield return Of("Media in a subscription", "PB", demand.Stored.Media, AzureLimits.AccountsPerRegion.ToTerm() * regions * AzureLimits.AccountBytes, AzureLimits.AccountsPerRegion);
        yield return Of("Worker ids of a region", "instances", demand.Compute.Needed, AzureLimits.WorkerIds, AzureLimits.WorkerIds);
        yield return Of("Instances of an app", "instances", demand.Compute.Needed, AzureLimits.FlexInstances, AzureLimits.FlexInstances);
        yield return Of("SignalR units of a region", "units", demand.Messaging.UnitsNeeded, AzureLimits.SignalRUnits, AzureLimits.SignalRUnits);
        yield return load.Isolated
            ? Of("Bytes through a region's queues", "MB/s", demand.Messaging.PeakOperations * Assumptions.QueueBytes, AzureLimits.MessagingUnitBytes, AzureLimits.MessagingUnitBytes)
            : Of("Operations of a region's queues", "/s", demand.Messaging.PeakOperations, AzureLimits.ServiceBusStandard, AzureLimits.ServiceBusStandard);
        if (load.FrontDoor == FrontDoorTier.None)
            yield break;
        yield return Of("Requests through Front Door", "/s", demand.Traffic.Peak, AzureLimits.FrontDoorRequests, AzureLimits.FrontDoorRequests);
        yield return Of("Bandwidth of Front Door", "Gbit/s", demand.Bandwidth.PeakGigabits, AzureLimits.FrontDoorBandwidth, AzureLimits.FrontDoorBandwidth);
    }

    // Nothing is said of what is not used.
    private static Headroom? Of(string limit, string unit, Term needed, Term allowed, Quantity source)
    {
        if (needed.Value <= 0)
            return null;
        var times = Figure.Of(limit, "times", allowed / needed);
        return new Headroom(limit, times.Value, needed.Value, allowed.Value, unit, times.Formula, source.Source);
    }
}
