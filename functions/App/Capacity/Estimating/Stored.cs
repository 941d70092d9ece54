namespace Serverless.Capacity;

/// <summary>What is kept, tier by tier, when the retention has passed once.</summary>
/// <param name="Tables">Rows with all their copies, in TB.</param>
/// <param name="Media">In PB; blobs keep their copies themselves.</param>
/// <param name="MediaItems">Media written a second.</param>
internal sealed record Stored(Term Tables, Term Media, Term MediaItems)
{
    public const string Group = "Storage";

    private static readonly Term GigaBytes = Term.Of(1_000_000_000, "bytes/GB");
    private static readonly Term TeraBytes = Term.Of(1_000_000_000_000, "bytes/TB");
    private static readonly Term Thousand = Term.Of(1_000);

    public static (Stored Stored, FigureGroup Figures) Of(Load load, Traffic traffic)
    {
        var sheet = new Sheet(Group);
        var (tables, media) = (new List<Term>(), new List<Term>());
        foreach (var one in traffic.Services)
        {
            if (one.Recipe.KeepDays != 0)
                tables.Add(RowsOf(sheet, load, one, traffic.DailyUsers));
            if (one.Load.MediaShare > 0 && one.Load.MediaBytes > 0)
                media.Add(MediaOf(sheet, load, one, traffic.DailyUsers));
        }

        var stored = new Stored(
            sheet.Add("tables: rows with all copies", "TB", Term.Sum(tables)),
            sheet.Add("blobs: media", "PB", Term.Sum(media)),
            sheet.Add("blobs: media written", "/s", Term.Sum(traffic.Services.Where(one => one.Load.MediaShare > 0).Select(one => one.Written * Term.Of(one.Load.MediaShare)))));
        sheet.Add("memory: a cache of the most read fifth of a day", "GB", Term.Sum(traffic.Services.Where(one => one.Recipe.ReadsTables).Select(one =>
            one.Read * Assumptions.SecondsPerDay * Term.Of(one.Load.BytesPerItem, "bytes") / GigaBytes)) * Assumptions.CachedShare);
        return (stored, sheet.Close());
    }

    private static Term RowsOf(Sheet sheet, Load load, ServiceTraffic one, Term daily)
    {
        var (name, copies) = (one.Recipe.Name, Term.Of(load.Copies, "copies"));
        var day = sheet.Add($"{name}: rows of a day", "GB", Items(one, daily) * (Term.Of(one.Load.BytesPerItem, "bytes") + Assumptions.RowBytes) / GigaBytes);
        sheet.Add($"{name}: rows of a year, with all copies", "TB", day * Assumptions.DaysPerYear * copies / Thousand);
        return sheet.Add($"{name}: rows over the retention, with all copies", "TB", day * Days(load, one.Recipe) * copies / Thousand);
    }

    private static Term MediaOf(Sheet sheet, Load load, ServiceTraffic one, Term daily)
    {
        var name = one.Recipe.Name;
        var day = sheet.Add($"{name}: media of a day", "TB", Items(one, daily) * Term.Of(one.Load.MediaShare) * Term.Of(one.Load.MediaBytes, "bytes") / TeraBytes);
        sheet.Add($"{name}: media of a year", "PB", day * Assumptions.DaysPerYear / Thousand);
        return sheet.Add($"{name}: media over the retention", "PB", day * Days(load, one.Recipe) / Thousand);
    }

    private static Term Items(ServiceTraffic one, Term daily) => daily * Term.Of(one.Load.ActionsPerUserPerDay, one.Recipe.Items);

    private static Term Days(Load load, Recipe recipe)
    {
        var asked = Assumptions.DaysPerYear.ToTerm() * Term.Of(load.RetentionYears, "years");
        return recipe.KeepDays is { } most ? Term.Min(Term.Of(most, "days"), asked) : asked;
    }
}
