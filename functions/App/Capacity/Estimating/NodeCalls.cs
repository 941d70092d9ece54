namespace Serverless.Capacity;

/// <summary>What the nodes do, and how many there must be.</summary>
/// <param name="Calls">Of all nodes, a second, on average.</param>
/// <param name="PeakCalls">… at peak.</param>
/// <param name="Entities">Of one copy of one partition, a second, at peak.</param>
/// <param name="PerRegion">Nodes, each a storage account.</param>
/// <param name="MediaAccounts">Storage accounts for media.</param>
internal sealed record NodeCalls(Term Calls, Term PeakCalls, Term Entities, Term PerRegion, Term MediaAccounts)
{
    public const string Group = "Partitions and accounts";

    public static (NodeCalls Calls, FigureGroup Figures) Of(Load load, Traffic traffic, Stored stored)
    {
        var sheet = new Sheet(Group);
        var (copies, quorum, peak, regions) = (Term.Of(load.Copies, "copies"), Term.Of(load.Copies / 2 + 1, "copies"), Term.Of(load.PeakFactor), Term.Of(load.Regions.Count, "regions"));
        var writes = traffic.Services.Where(one => CallsOf(one.Recipe) > 0)
            .Select(one => sheet.Add($"{one.Recipe.Name}: calls that write", "/s", one.Written * Each(one, copies))).ToList();
        if (traffic.Connections.Value > 0)
            writes.Add(sheet.Add("heartbeats: calls that write", "/s", traffic.Beats * copies));
        var writing = sheet.Add("calls that write", "/s", Term.Sum(writes));
        var reading = sheet.Add("calls that read", "/s", Term.Sum(traffic.Services.Where(one => one.Recipe.ReadsTables).Select(one => one.Read * quorum)));
        var calls = sheet.Add("calls", "/s", writing + reading);
        var peakCalls = sheet.Add("calls at peak", "/s", calls * peak);
        var entities = sheet.Add("entities of a partition at peak", "/s", (writing * Assumptions.EntitiesPerWrite + reading) * peak / (AzureLimits.Partitions.ToTerm() * copies));
        var byRate = sheet.Add("accounts for the calls", "accounts", Term.Ceiling(peakCalls / AzureLimits.AccountCalls));
        var byBytes = sheet.Add("accounts for the rows", "accounts", Term.Ceiling(stored.Tables / AzureLimits.TableBytes));

        // Two in each region, so that some node owns nothing of a key and can stand in for one that does.
        var least = load.Regions.Count == 1 ? copies : Term.Of(2, "nodes");
        var perRegion = sheet.Add("nodes of a region", "nodes", Term.Max(Term.Ceiling(Term.Max(byRate, byBytes) / regions), least));
        return (new NodeCalls(calls, peakCalls, entities, perRegion, sheet.Add("accounts for media", "accounts", Term.Ceiling(stored.Media / AzureLimits.AccountBytes))), sheet.Close());
    }

    private static decimal CallsOf(Recipe recipe) => recipe.CallsPerCopy + recipe.Calls + recipe.CallsPerBatch;

    private static Term Each(ServiceTraffic one, Term copies)
    {
        var recipe = one.Recipe;
        var each = recipe.CallsPerCopy > 0 ? Term.Of(recipe.CallsPerCopy, "calls") * copies : Term.Of(recipe.Calls, "calls");
        return recipe.CallsPerBatch > 0 ? each + Term.Of(recipe.CallsPerBatch, "calls") / Term.Of(one.Load.Batch) : each;
    }
}
