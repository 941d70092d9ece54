namespace Serverless.Capacity;

/// <summary>What a month costs, at list prices and when the retention has passed once: storage has its full size.</summary>
internal static class Costs
{
    public const string Group = "Cost of a month";
    public const string Total = "total";

    public static FigureGroup Of(Load load, Demand demand)
    {
        var sheet = new Sheet(Group);
        List<Term> lines = [.. EdgeCosts.Of(sheet, load, demand), .. ComputeCosts.Of(sheet, load, demand), .. MessagingCosts.Of(sheet, load, demand), .. DataCosts.Of(sheet, load, demand)];
        var total = sheet.Add(Total, "USD", Term.Sum(lines));
        if (demand.Traffic.DailyUsers.Value > 0)
            sheet.Add("for each user of a day", "USD", total / demand.Traffic.DailyUsers);
        return sheet.Close();
    }
}

/// <summary>All that costs depend on.</summary>
internal sealed record Demand(Traffic Traffic, Stored Stored, Bandwidth Bandwidth, NodeCalls Nodes, Messaging Messaging, Compute Compute);
