namespace Serverless.Capacity;

/// <summary>Functions: requests, messages, timers and what Front Door's probes run.</summary>
internal static class ComputeCosts
{
    private static readonly Term Million = Term.Of(1_000_000);

    public static IEnumerable<Term> Of(Sheet sheet, Load load, Demand demand)
    {
        var (stamps, month) = (Term.Of(load.Stamps.Count, "stamps"), Assumptions.SecondsPerMonth.ToTerm());
        var memory = Term.Of(demand.Compute.Memory / 1_024m, "GB");
        var messages = demand.Messaging.Operations / Assumptions.QueueOperations;
        var executions = sheet.Add("executions of requests and messages", "", (demand.Traffic.Requests + messages) * month);
        yield return sheet.Add("Functions, executions", "USD", executions / Million * ListPrices.Execution);
        yield return sheet.Add("Functions, memory of requests", "USD", demand.Compute.Busy * memory * month * ListPrices.ExecutionMemory);
        yield return sheet.Add("Functions, instances that are always ready", "USD", demand.Compute.Ready * stamps * memory * month * ListPrices.ReadyMemory);

        var firings = sheet.Add("firings of timers", "", stamps * Assumptions.Timers * Assumptions.MinutesPerMonth);
        yield return sheet.Add("Functions, timers", "USD", firings / Million * ListPrices.Execution + firings * Assumptions.LeastSeconds * memory * ListPrices.ExecutionMemory);
        if (load.FrontDoor == FrontDoorTier.None)
            yield break;

        // A probe is answered from memory, on instances that are paid for anyway.
        var probes = sheet.Add("probes", "", Assumptions.Edges.ToTerm() * stamps * month / Assumptions.ProbeSeconds);
        yield return sheet.Add("Functions, probes of Front Door", "USD", probes / Million * ListPrices.Execution + probes * Assumptions.CpuMilliseconds / Term.Of(1_000, "ms/s") * memory * ListPrices.ExecutionMemory);
    }
}
