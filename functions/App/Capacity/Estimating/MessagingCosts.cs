namespace Serverless.Capacity;

/// <summary>Service Bus and SignalR.</summary>
internal static class MessagingCosts
{
    private static readonly Term Million = Term.Of(1_000_000);
    private static readonly Term Included = Term.Of(13);
    private static readonly Term SecondStep = Term.Of(100);
    private static readonly Term LastStep = Term.Of(2_500);
    private static readonly Term DaysPerMonth = Assumptions.SecondsPerMonth.ToTerm() / Assumptions.SecondsPerDay;

    public static IEnumerable<Term> Of(Sheet sheet, Load load, Demand demand)
    {
        var (stamps, month) = (Term.Of(load.Stamps.Count, "stamps"), Assumptions.SecondsPerMonth.ToTerm());
        if (load.Isolated)
        {
            yield return sheet.Add("Service Bus, messaging units", "USD", stamps * demand.Messaging.MessagingUnits * ListPrices.MessagingUnit);
        }
        else
        {
            var millions = sheet.Add("operations", "million", demand.Messaging.Operations * month / Million);
            yield return sheet.Add("Service Bus, base fee", "USD", stamps * ListPrices.ServiceBusBase);
            yield return sheet.Add("Service Bus, operations", "USD",
                Between(millions, Included, SecondStep) * ListPrices.Operations + Between(millions, SecondStep, LastStep) * ListPrices.OperationsNext
                + Term.Max(Term.Of(0), millions - LastStep) * ListPrices.OperationsLast);
        }

        var isFree = Deployment.IsFree(load, demand.Traffic);
        var unit = load.SignalR == SignalRPlan.Premium ? ListPrices.SignalRPremium : ListPrices.SignalRStandard;
        yield return sheet.Add("SignalR, units", "USD", isFree ? Term.Of(0, "USD") : stamps * demand.Messaging.Units * unit);

        // Each unit sends a million messages a day for its price.
        var pushed = sheet.Add("messages pushed", "million", demand.Messaging.Pushes * month / Million);
        yield return sheet.Add("SignalR, further messages", "USD", Term.Max(Term.Of(0), pushed - stamps * demand.Messaging.Units * DaysPerMonth) * ListPrices.SignalRMessages);
    }

    // The part of an amount that lies between two steps of a price.
    private static Term Between(Term amount, Term from, Term to) => Term.Max(Term.Of(0), Term.Min(amount, to) - from);
}
