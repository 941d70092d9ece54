namespace Serverless.Capacity;

/// <summary>What estimates assume of this product and of the world; measured where it says so.</summary>
internal static class Assumptions
{
    private const string Measured = "README.md, What is measured";
    private const string Assumed = "Assumed";

    public static readonly Quantity SecondsPerDay = new("A day", 86_400, "s", "Arithmetic");
    public static readonly Quantity SecondsPerMonth = new("A month of 730 hours, as Azure's prices have it", 2_628_000, "s", "https://azure.microsoft.com/pricing/calculator/");
    public static readonly Quantity DaysPerYear = new("A year", 365, "days", "Arithmetic");
    public static readonly Quantity CachedShare = new("Share of a day's reads that a cache should hold, to serve four in five", 0.2m, "", "The 80/20 rule");

    public static readonly Quantity RowBytes = new("Bytes of a stored row beside the value: keys, versions, properties' names", 250, "bytes", "Table storage counts 4 + 2 × keys + 8 + 2 × name for each property");
    public static readonly Quantity EntitiesPerWrite = new("Entities that a write touches in a partition: the row, its line in the log, and that line's removal", 3, "entities", "functions/App/Replication/README.md");
    public static readonly Quantity QueueOperations = new("Operations of a message: sent, received, settled", 3, "operations", "https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messages-payloads");
    public static readonly Quantity QueueBytes = new("Bytes of a message in a queue", 0.001m, "MB", Assumed);
    public static readonly Quantity HeartbeatSeconds = new("Between a device's heartbeats", 60, "s", "functions/App/Chat/README.md");
    public static readonly Quantity Trips = new("Round trips between regions of a read or write, at the median", 1.1m, "", Measured);

    public static readonly Quantity CpuMilliseconds = new("Processor time of a request", 2, "ms", Assumed);
    public static readonly Quantity BusyShare = new("Share of the processors that may be busy at peak", 0.6m, "", Assumed);
    public static readonly Quantity NearTrip = new("A round trip within a region, with the storage's own time", 5, "ms", Assumed);
    public static readonly Quantity ContinentTrip = new("A round trip between regions of one continent", 60, "ms", "https://learn.microsoft.com/azure/networking/azure-network-latency");
    public static readonly Quantity WorldTrip = new("A round trip between continents", 150, "ms", Latencies.Source);

    public static readonly Quantity Edges = new("Places from which Front Door probes each stamp", 190, "edges", "https://learn.microsoft.com/azure/frontdoor/health-probes");
    public static readonly Quantity ProbeSeconds = new("Between the probes of an edge", 30, "s", "infra/shared/probe.json");
    public static readonly Quantity AccessLogBytes = new("Bytes that Front Door logs of a request", 1_000, "bytes", Assumed);
    public static readonly Quantity StampLogs = new("Metrics and logs of a stamp, a day", 0.5m, "GB", Assumed);
    public static readonly Quantity Timers = new("Firings of a stamp's timers, a minute", 20.45m, "firings", "The schedules of the functions");
    public static readonly Quantity MinutesPerMonth = new("A month of 730 hours", 43_800, "min", "https://azure.microsoft.com/pricing/calculator/");
    public static readonly Quantity LeastSeconds = new("An instance is paid for at least this long when it begins to work", 1, "s", "https://learn.microsoft.com/azure/azure-functions/functions-consumption-costs");

    public static readonly IReadOnlyList<Quantity> All =
    [
        SecondsPerDay, SecondsPerMonth, DaysPerYear, CachedShare, RowBytes, EntitiesPerWrite, QueueOperations, QueueBytes, HeartbeatSeconds, Trips, CpuMilliseconds, BusyShare, NearTrip,
        ContinentTrip, WorldTrip, Edges, ProbeSeconds, AccessLogBytes, StampLogs, Timers, MinutesPerMonth, LeastSeconds,
    ];
}
