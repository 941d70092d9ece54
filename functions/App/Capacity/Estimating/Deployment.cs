namespace Serverless.Capacity;

/// <summary>The deployment that carries a load, and why the template could not hold it.</summary>
internal static class Deployment
{
    /// <summary>Fewer are for development only (infra/main.bicep).</summary>
    public const int ProductionRegions = 3;

    // The template's ring has no other number.
    private const int Copies = 3;

    /// <summary>Whether the free SignalR plan will do, which is for development only.</summary>
    public static bool IsFree(Load load, Traffic traffic) => load.Regions.Count < ProductionRegions && traffic.Connections.Value <= AzureLimits.FreeConnections.Value;

    public static DeploymentSize Of(Load load, Demand demand) => new(
        load.Regions.Count < ProductionRegions ? "dev" : "prod",
        Whole(demand.Nodes.PerRegion),
        Whole(demand.Compute.Instances),
        demand.Compute.Memory,
        Whole(demand.Compute.Ready),
        demand.Compute.Concurrency,
        IsFree(load, demand.Traffic) ? "Free_F1" : load.SignalR == SignalRPlan.Premium ? "Premium_P1" : "Standard_S1",
        Whole(demand.Messaging.Units));

    /// <summary>Sentences; none: the template holds it.</summary>
    public static IEnumerable<string> Obstacles(Load load, Demand demand, IEnumerable<Headroom> limits)
    {
        if (load.Regions.Count > AzureLimits.Regions.Value)
            yield return $"There are {load.Regions.Count} regions, and the template takes {AzureLimits.Regions.Value} at most.";
        if (load.Copies != Copies)
            yield return $"There are to be {load.Copies} copies of each row, and the template keeps {Copies}.";
        if (demand.Nodes.MediaAccounts.Value > 0)
            yield return $"Media need {Term.Format(demand.Nodes.MediaAccounts.Value, "storage accounts")} of their own, and the template has none for them.";
        foreach (var limit in limits.Where(limit => limit.Times < 1))
            yield return $"{limit.Limit}: {Term.Format(limit.Needed, limit.Unit)} are needed, and {Term.Format(limit.Allowed, limit.Unit)} are to be had.";
    }

    // What is beyond is an obstacle long before.
    private static int Whole(Term term) => (int)decimal.Min(term.Value, int.MaxValue);
}
