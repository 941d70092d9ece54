namespace Serverless.Capacity;

/// <summary>
/// What the promises of the parts come to together: what is needed at once multiplies, of what stands in for each other only all together must fail. Failures are taken to be
/// independent, which the loss of a region is not: it takes its stamp and its nodes at once.
/// </summary>
internal static class Availability
{
    public const string Group = "Availability";

    // Twelve nines are told apart.
    private const int Decimals = 12;

    public static FigureGroup Of(Load load)
    {
        var sheet = new Sheet(Group);
        var (one, signalR) = (Term.Of(1), load.SignalR == SignalRPlan.Premium ? ServiceLevels.SignalRPremium : ServiceLevels.SignalRStandard);
        var stamp = sheet.Add("a stamp: Functions, Service Bus, SignalR and storage in series", "", Term.Product([ServiceLevels.Functions, ServiceLevels.ServiceBus, signalR, ServiceLevels.Storage]), Decimals);
        var stamps = sheet.Add($"{load.Stamps.Count} stamps in parallel", "", one - Term.Product(load.Stamps.Select(_ => one - stamp)), Decimals);
        var quorum = sheet.Add($"{load.Copies / 2 + 1} of {load.Copies} nodes of a key", "", Quorum(load.Copies), Decimals);
        var all = sheet.Add("all in series", "", Term.Product(load.FrontDoor == FrontDoorTier.None ? [stamps, quorum] : [ServiceLevels.FrontDoor, stamps, quorum]), Decimals);
        sheet.Add("downtime of a year", "min", (one - all) * Term.Of(365 * 24 * 60, "min"));
        return sheet.Close();
    }

    // As many of them as a quorum, or more.
    private static Term Quorum(int copies)
    {
        Term up = ServiceLevels.Storage;
        var down = Term.Of(1) - up;
        return Term.Sum(Enumerable.Range(copies / 2 + 1, copies - copies / 2).Select(working =>
            Term.Product([Term.Of(Ways(copies, working)), .. Enumerable.Repeat(up, working), .. Enumerable.Repeat(down, copies - working)])));
    }

    private static decimal Ways(int of, int some) => Enumerable.Range(1, some).Aggregate(1m, (ways, i) => ways * (of - some + i) / i);
}
