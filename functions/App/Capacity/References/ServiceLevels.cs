namespace Serverless.Capacity;

/// <summary>What Azure promises of each service: a share of the month.</summary>
internal static class ServiceLevels
{
    private const string Source = "Service Level Agreement for Microsoft Online Services, https://www.microsoft.com/licensing/docs/view/Service-Level-Agreements-SLA-for-Online-Services";

    public static readonly Quantity FrontDoor = new("Front Door", 0.9999m, "", Source);
    public static readonly Quantity Functions = new("Functions", 0.9995m, "", Source);
    public static readonly Quantity ServiceBus = new("Service Bus, Standard and Premium", 0.999m, "", Source);
    public static readonly Quantity SignalRStandard = new("SignalR Service, Standard", 0.999m, "", Source);
    public static readonly Quantity SignalRPremium = new("SignalR Service, Premium", 0.9995m, "", Source);
    public static readonly Quantity Storage = new("Storage, hot, without geo-redundancy", 0.999m, "", Source);

    public static readonly IReadOnlyList<Quantity> All = [FrontDoor, Functions, ServiceBus, SignalRStandard, SignalRPremium, Storage];
}
