namespace Serverless.Capacity;

/// <summary>
/// List prices in US dollars of the region named here, on the day named here, without discounts, taxes and free grants. Prices of other regions differ by up to a half; where prices
/// fall with the amount, the first step is used unless there is a line for each.
/// </summary>
internal static class ListPrices
{
    public const string AsOf = "2025-06-01";
    public const string Region = "eastus";

    private const string Pages = "https://azure.microsoft.com/pricing/details/";
    private const string FrontDoorPage = Pages + "frontdoor/";
    private const string FunctionsPage = Pages + "functions/";
    private const string ServiceBusPage = Pages + "service-bus/";
    private const string SignalRPage = Pages + "signalr-service/";
    private const string TablesPage = Pages + "storage/tables/";
    private const string BlobsPage = Pages + "storage/blobs/";
    private const string BandwidthPage = Pages + "bandwidth/";

    public static readonly Quantity FrontDoorStandard = new("Front Door Standard, a month", 35, "USD", FrontDoorPage);
    public static readonly Quantity FrontDoorPremium = new("Front Door Premium, a month", 330, "USD", FrontDoorPage);
    public static readonly Quantity RequestsStandard = new("10,000 requests of Front Door Standard", 0.009m, "USD", FrontDoorPage);
    public static readonly Quantity RequestsPremium = new("10,000 requests of Front Door Premium", 0.015m, "USD", FrontDoorPage);
    public static readonly Quantity EdgeToClient = new("A GB from Front Door to clients in North America and Europe", 0.083m, "USD/GB", FrontDoorPage);
    public static readonly Quantity EdgeToOrigin = new("A GB from Front Door to a stamp", 0.02m, "USD/GB", FrontDoorPage);
    public static readonly Quantity ToInternet = new("A GB from a region to the internet", 0.087m, "USD/GB", BandwidthPage);

    public static readonly Quantity Execution = new("A million executions, Flex Consumption", 0.40m, "USD", FunctionsPage);
    public static readonly Quantity ExecutionMemory = new("A GB-second on demand, Flex Consumption", 0.000026m, "USD", FunctionsPage);
    public static readonly Quantity ReadyMemory = new("A GB-second of an instance that is always ready, beside what it executes", 0.000004m, "USD", FunctionsPage);

    public static readonly Quantity ServiceBusBase = new("Service Bus Standard, a month, with 13 million operations", 10, "USD", ServiceBusPage);
    public static readonly Quantity Operations = new("A million operations, to 100 million", 0.80m, "USD", ServiceBusPage);
    public static readonly Quantity OperationsNext = new("A million operations, to 2,500 million", 0.50m, "USD", ServiceBusPage);
    public static readonly Quantity OperationsLast = new("A million operations, beyond", 0.20m, "USD", ServiceBusPage);
    public static readonly Quantity MessagingUnit = new("A messaging unit of Service Bus Premium, a month", 677.08m, "USD", ServiceBusPage);

    public static readonly Quantity SignalRStandard = new("A unit of SignalR Standard, a month, with a million messages a day", 48.97m, "USD", SignalRPage);
    public static readonly Quantity SignalRPremium = new("A unit of SignalR Premium, a month, with a million messages a day", 60.83m, "USD", SignalRPage);
    public static readonly Quantity SignalRMessages = new("A million messages beyond", 1, "USD", SignalRPage);

    public static readonly Quantity TableLocal = new("A GB of tables a month, copies in one zone", 0.045m, "USD/GB", TablesPage);
    public static readonly Quantity TableZones = new("A GB of tables a month, copies in three zones", 0.0563m, "USD/GB", TablesPage);
    public static readonly Quantity TableCalls = new("10,000 calls of a table", 0.00036m, "USD", TablesPage);
    public static readonly Quantity BlobZones = new("A GB of hot blobs a month, copies in three zones", 0.023m, "USD/GB", BlobsPage);
    public static readonly Quantity BlobWrites = new("10,000 writes of blobs, copies in three zones", 0.0625m, "USD", BlobsPage);

    public static readonly Quantity WithinContinent = new("A GB between regions of North America or of Europe", 0.02m, "USD/GB", BandwidthPage);
    public static readonly Quantity WithinAsia = new("A GB between other regions of one continent", 0.08m, "USD/GB", BandwidthPage);
    public static readonly Quantity FromWest = new("A GB from North America or Europe to another continent", 0.05m, "USD/GB", BandwidthPage);
    public static readonly Quantity FromElsewhere = new("A GB from another continent to the next", 0.08m, "USD/GB", BandwidthPage);

    public static readonly Quantity Logs = new("A GB taken in by Log Analytics, kept 30 days", 2.30m, "USD/GB", Pages + "monitor/");

    public static readonly IReadOnlyList<Quantity> All =
    [
        FrontDoorStandard, FrontDoorPremium, RequestsStandard, RequestsPremium, EdgeToClient, EdgeToOrigin, ToInternet, Execution, ExecutionMemory, ReadyMemory, ServiceBusBase, Operations,
        OperationsNext, OperationsLast, MessagingUnit, SignalRStandard, SignalRPremium, SignalRMessages, TableLocal, TableZones, TableCalls, BlobZones, BlobWrites, WithinContinent, WithinAsia,
        FromWest, FromElsewhere, Logs,
    ];
}
