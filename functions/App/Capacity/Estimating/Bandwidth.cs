namespace Serverless.Capacity;

/// <summary>What goes in and out, with media; in MB a second on average.</summary>
/// <param name="PeakGigabits">The larger of both directions at peak, in Gbit/s.</param>
/// <param name="Across">Between regions, because copies lie in several.</param>
internal sealed record Bandwidth(Term In, Term Out, Term PeakGigabits, Term Across)
{
    public const string Group = "Bandwidth";

    private static readonly Term MegaBytes = Term.Of(1_000_000, "bytes/MB");

    public static (Bandwidth Bandwidth, FigureGroup Figures) Of(Load load, Traffic traffic)
    {
        var sheet = new Sheet(Group);
        var (taken, given) = (new List<Term>(), new List<Term>());
        foreach (var one in traffic.Services)
        {
            taken.Add(sheet.Add($"{one.Recipe.Name}: in", "MB/s", one.Written * Bytes(one.Load) / MegaBytes));
            given.Add(sheet.Add($"{one.Recipe.Name}: out", "MB/s", one.Read * Bytes(one.Load) / MegaBytes));
        }

        var (into, outOf, factor, gigabits) = (sheet.Add("in", "MB/s", Term.Sum(taken)), sheet.Add("out", "MB/s", Term.Sum(given)), Term.Of(load.PeakFactor), Term.Of(0.008m, "Gbit/MB"));
        var peakIn = sheet.Add("in at peak", "Gbit/s", into * factor * gigabits);
        var peakOut = sheet.Add("out at peak", "Gbit/s", outOf * factor * gigabits);
        return (new Bandwidth(into, outOf, peakIn.Value > peakOut.Value ? peakIn : peakOut, AcrossRegions(sheet, load, traffic)), sheet.Close());
    }

    private static Term Bytes(ServiceLoad load)
    {
        var bytes = Term.Of(load.BytesPerItem, "bytes");
        return load.MediaShare > 0 ? bytes + Term.Of(load.MediaShare) * Term.Of(load.MediaBytes, "bytes") : bytes;
    }

    // Copies are spread over regions first; of a quorum that reads, those that do not lie in the region of whoever asks.
    private static Term AcrossRegions(Sheet sheet, Load load, Traffic traffic)
    {
        var (copies, regions, one) = (Term.Of(load.Copies, "copies"), Term.Of(load.Regions.Count, "regions"), Term.Of(1));
        var written = sheet.Add("copies of a row in other regions", "copies", copies * (one - one / regions));
        var asked = sheet.Add("copies asked in other regions", "copies", Term.Max(Term.Of(0), Term.Of(load.Copies / 2 + 1, "copies") - copies / regions));
        return sheet.Add("between regions", "MB/s", Term.Sum(traffic.Services.Where(service => service.Recipe.KeepDays != 0).Select(service =>
            (service.Written * written + service.Read * asked) * (Term.Of(service.Load.BytesPerItem, "bytes") + Assumptions.RowBytes) / MegaBytes)));
    }
}
