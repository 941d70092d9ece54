namespace Serverless.Capacity;

/// <summary>What Azure, and this product's own template, allow at most.</summary>
internal static class AzureLimits
{
    private const string Tables = "https://learn.microsoft.com/azure/storage/tables/scalability-targets";
    private const string Accounts = "https://learn.microsoft.com/azure/storage/common/scalability-targets-standard-account";
    private const string Subscription = "https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits";
    private const string Template = "infra/main.bicep and infra/shared/types.bicep";

    public static readonly Quantity AccountCalls = new("Calls of a storage account, for entities of 1 KiB", 20_000, "/s", Tables);
    public static readonly Quantity PartitionEntities = new("Entities of one partition of a table", 2_000, "/s", Tables);
    public static readonly Quantity TableBytes = new("One table: 500 TiB", 549.756m, "TB", Tables);
    public static readonly Quantity AccountBytes = new("One storage account, by default: 5 PiB", 5.6295m, "PB", Accounts);
    public static readonly Quantity AccountsPerRegion = new("Storage accounts of a region and subscription", 250, "accounts", Accounts);
    public static readonly Quantity ServiceBusStandard = new("Operations of a Service Bus Standard namespace (credits)", 1_000, "/s", "https://learn.microsoft.com/azure/service-bus-messaging/service-bus-throttling");
    public static readonly Quantity MessagingUnitBytes = new("Bytes through a messaging unit of Service Bus Premium, about", 4, "MB/s", "https://learn.microsoft.com/azure/service-bus-messaging/service-bus-premium-messaging");
    public static readonly Quantity SignalRConnections = new("Connections of a SignalR unit", 1_000, "connections", "https://learn.microsoft.com/azure/azure-signalr/signalr-concept-scale-multi-instances");
    public static readonly Quantity FreeConnections = new("Connections of the free SignalR plan", 20, "connections", Subscription);
    public static readonly Quantity SignalRUnits = new("Units of a SignalR Service", 100, "units", Subscription);
    public static readonly Quantity FlexInstances = new("Instances of a Flex Consumption app", 1_000, "instances", "https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan");
    public static readonly Quantity FrontDoorRequests = new("Requests of a Front Door profile", 100_000, "/s", Subscription);
    public static readonly Quantity FrontDoorBandwidth = new("Bandwidth of a Front Door profile", 75, "Gbit/s", Subscription);

    public static readonly Quantity WorkerIds = new("Instances of a scale group: the 128 worker ids of a region (7 bits of a snowflake) are for two groups that issue ids", 64, "instances", Template);
    public static readonly Quantity LeastInstances = new("The least that maximumInstanceCount may be", 40, "instances", Template);
    public static readonly Quantity ReadyInstances = new("Instances that are always ready, at most", 20, "instances", Template);
    public static readonly Quantity Regions = new("Regions: 3 bits of a snowflake", 8, "regions", Template);
    public static readonly Quantity NodesPerRegion = new("Nodes of a region: a letter each", 26, "nodes", "infra/shared/names.bicep");
    public static readonly Quantity Partitions = new("Partitions of the ring, fixed for good", 256, "partitions", "functions/App/Ring");

    public static readonly IReadOnlyList<Quantity> All =
    [
        AccountCalls, PartitionEntities, TableBytes, AccountBytes, AccountsPerRegion, ServiceBusStandard, MessagingUnitBytes, SignalRConnections, FreeConnections, SignalRUnits, FlexInstances,
        FrontDoorRequests, FrontDoorBandwidth, WorkerIds, LeastInstances, ReadyInstances, Regions, NodesPerRegion, Partitions,
    ];
}
