namespace Serverless.Capacity;

/// <summary>The instances that answer requests.</summary>
/// <param name="Needed">Of one stamp at peak, when another stamp is lost.</param>
/// <param name="Instances">What the template is told: at least what it takes.</param>
/// <param name="Memory">Of an instance, in MB.</param>
/// <param name="Concurrency">Requests of an instance at once.</param>
/// <param name="Ready">Of one stamp.</param>
/// <param name="Busy">Of all stamps, on average, with those that are paid for although they idle.</param>
internal sealed record Compute(Term Needed, Term Instances, int Memory, int Concurrency, Term Ready, Term Busy)
{
    public const string Group = "Instances";

    private const int RequestsPerProcessor = 64;
    private static readonly Term Milliseconds = Term.Of(1_000, "ms/s");

    public static (Compute Compute, FigureGroup Figures) Of(Load load, Traffic traffic)
    {
        var sheet = new Sheet(Group);
        var peak = Term.Of(load.PeakFactor);
        var trip = sheet.Add("a round trip between the copies", "ms", TripOf(load));
        var quorum = sheet.Add("a read or write waits", "ms", trip * Assumptions.Trips);
        var waiting = sheet.Add("requests that wait at once", "requests", Term.Sum(traffic.Services.SelectMany(one => Waits(one, quorum)).Append(traffic.Beats * quorum)) / Milliseconds);
        var processors = sheet.Add("processors that are busy", "processors", traffic.Requests * Assumptions.CpuMilliseconds / Milliseconds);
        var atOnce = sheet.Add("requests at once", "requests", waiting + processors);

        // One processor with 2,048 MB, two with 4,096 MB: the larger ones when so many of the smaller cannot have worker ids.
        var (atOnceAtPeak, busyAtPeak) = (atOnce * peak / traffic.Carrying, processors * peak / traffic.Carrying);
        var small = Size(sheet, 1, atOnceAtPeak, busyAtPeak);
        var isSmall = small.Value <= AzureLimits.WorkerIds.Value;
        var needed = isSmall ? small : Size(sheet, 2, atOnceAtPeak, busyAtPeak);
        var (cores, instances) = (isSmall ? 1 : 2, sheet.Add("instances of a scale group, at most", "instances", Term.Max(needed, AzureLimits.LeastInstances)));
        var busy = sheet.Add("instances that are paid for, on average", "instances", Term.Max(
            atOnce / Term.Of(RequestsPerProcessor * cores, "requests"), processors / Term.Of(cores, "processors"),
            Term.Min(Term.Of(load.Stamps.Count, "stamps"), traffic.Requests * Assumptions.LeastSeconds)));
        var ready = sheet.Add("instances that are always ready", "instances", load.Regions.Count < Deployment.ProductionRegions
            ? Term.Of(0, "instances")
            : Term.Min(AzureLimits.ReadyInstances, Term.Ceiling(busy / Term.Of(load.Stamps.Count, "stamps"))));
        return (new Compute(needed, instances, isSmall ? 2_048 : 4_096, RequestsPerProcessor * cores, ready, busy), sheet.Close());
    }

    private static IEnumerable<Term> Waits(ServiceTraffic one, Term quorum)
    {
        if (one.Recipe.Trips > 0)
            yield return one.Requests * quorum * Term.Of(one.Recipe.Trips);
        if (one.Recipe.ReadsTables)
            yield return one.Read * quorum;
    }

    private static Term Size(Sheet sheet, int cores, Term atOnce, Term processors) =>
        sheet.Add($"instances of {Term.Format(cores * 2_048, "MB")} that a stamp needs", "instances", Term.Max(
            Term.Of(1), Term.Ceiling(atOnce / Term.Of(RequestsPerProcessor * cores, "requests")), Term.Ceiling(processors / Term.Of(cores, "processors") / Assumptions.BusyShare)));

    private static Quantity TripOf(Load load) => load.Regions.Count == 1 ? Assumptions.NearTrip
        : load.Regions.All(region => region.Continent == load.Regions[0].Continent) ? Assumptions.ContinentTrip
        : Assumptions.WorldTrip;
}
