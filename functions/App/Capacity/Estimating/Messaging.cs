namespace Serverless.Capacity;

/// <summary>Queues and connections.</summary>
/// <param name="Operations">Of all namespaces, a second, on average.</param>
/// <param name="PeakOperations">Of one stamp's namespace at peak, when another stamp is lost.</param>
/// <param name="MessagingUnits">That one namespace would need if it were Premium.</param>
/// <param name="Pushes">Messages that the SignalR Services send, a second, on average.</param>
/// <param name="UnitsNeeded">Of one stamp's SignalR Service, when another stamp is lost.</param>
/// <param name="Units">The same, as they can be had.</param>
internal sealed record Messaging(Term Operations, Term PeakOperations, Term MessagingUnits, Term Pushes, Term UnitsNeeded, Term Units)
{
    public const string Group = "Queues and connections";

    // The messages of notifications are for up to a hundred each (functions/App/Notifications).
    private static readonly Term FanoutChunk = Term.Of(100);

    public static (Messaging Messaging, FigureGroup Figures) Of(Load load, Traffic traffic)
    {
        var sheet = new Sheet(Group);
        var queued = sheet.Add("messages through queues", "/s", Term.Sum(traffic.Services.Select(one => Queued(load, one)).OfType<Term>()));
        var operations = sheet.Add("Service Bus operations", "/s", queued * Assumptions.QueueOperations);
        var peak = sheet.Add("operations of a namespace at peak", "/s", operations * Term.Of(load.PeakFactor) / traffic.Carrying);
        var units = sheet.Add("messaging units of a namespace, were it Premium", "units", Term.Max(Term.Of(1, "units"), Term.Ceiling(peak * Assumptions.QueueBytes / AzureLimits.MessagingUnitBytes)));

        var pushes = sheet.Add("messages pushed", "/s", Term.Sum(traffic.Services.Where(one => one.Load.Kind == ServiceKind.Chat).Select(one =>
            one.Written * (Term.Of(1) + Term.Of(one.Load.Readers, "readers") * Term.Of(one.Load.ConnectedShare)))));
        var needed = sheet.Add("SignalR units of a stamp, by connections", "units", Term.Max(Term.Of(1, "units"), Term.Ceiling(traffic.Connections / traffic.Carrying / AzureLimits.SignalRConnections)));
        return (new Messaging(operations, peak, units, pushes, needed, sheet.Add("SignalR units of a stamp, as they can be had", "units", ToBeHad(needed))), sheet.Close());
    }

    // chat-absent once, and chat-relay once where there are other stamps; of notifications the fan-out and one channel.
    private static Term? Queued(Load load, ServiceTraffic one) => one.Load.Kind switch
    {
        ServiceKind.Chat => one.Written * Term.Of(load.Stamps.Count > 1 ? 2 : 1, "messages"),
        ServiceKind.Notifications => one.Written * Term.Of(2, "messages") / Term.Min(Term.Of(one.Load.Batch), FanoutChunk),
        _ => null,
    };

    // 1 to 10, then tens.
    private static Term ToBeHad(Term units) => units.Value <= 10 ? units : Term.Ceiling(units / Term.Of(10)) * Term.Of(10);
}
