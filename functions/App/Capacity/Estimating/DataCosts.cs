namespace Serverless.Capacity;

/// <summary>Tables, blobs, what goes between regions, and logs.</summary>
internal static class DataCosts
{
    private static readonly Term TenThousand = Term.Of(10_000);
    private static readonly Term Thousand = Term.Of(1_000);
    private static readonly Term GigaBytes = Term.Of(1_000_000_000, "bytes/GB");

    public static IEnumerable<Term> Of(Sheet sheet, Load load, Demand demand)
    {
        var (month, zones) = (Assumptions.SecondsPerMonth.ToTerm(), load.Regions.Count(region => region.Zones));
        var price = sheet.Add("a GB of tables, on average of the regions", "USD/GB",
            (Term.Of(zones) * ListPrices.TableZones + Term.Of(load.Regions.Count - zones) * ListPrices.TableLocal) / Term.Of(load.Regions.Count));
        yield return sheet.Add("tables, kept", "USD", demand.Stored.Tables * Term.Of(1_000, "GB/TB") * price);
        yield return sheet.Add("tables, calls", "USD", demand.Nodes.Calls * month / TenThousand * ListPrices.TableCalls);
        yield return sheet.Add("blobs, kept", "USD", demand.Stored.Media * Term.Of(1_000_000, "GB/PB") * ListPrices.BlobZones);
        yield return sheet.Add("blobs, writes", "USD", demand.Stored.MediaItems * month / TenThousand * ListPrices.BlobWrites);
        if (load.Regions.Count > 1)
            yield return Transfer(sheet, load, demand.Bandwidth.Across * month / Thousand);
        yield return Logs(sheet, load, demand.Traffic);
    }

    private static Term Transfer(Sheet sheet, Load load, Term gigaBytes)
    {
        var pairs = load.Regions.SelectMany(from => load.Regions.Where(to => to != from).Select(to => Between(from.Continent, to.Continent))).GroupBy(one => one).ToList();
        var price = sheet.Add("a GB between regions, on average of the pairs", "USD/GB",
            Term.Sum(pairs.Select(same => Term.Of(same.Count()) * same.Key)) / Term.Of(pairs.Sum(same => same.Count())));
        return sheet.Add("transfer between regions", "USD", gigaBytes * price);
    }

    private static Quantity Between(Continent from, Continent to)
    {
        var isWest = from is Continent.NorthAmerica or Continent.Europe;
        return from == to ? isWest ? ListPrices.WithinContinent : ListPrices.WithinAsia : isWest ? ListPrices.FromWest : ListPrices.FromElsewhere;
    }

    private static Term Logs(Sheet sheet, Load load, Traffic traffic)
    {
        var stamps = Term.Of(load.Stamps.Count, "stamps") * Assumptions.StampLogs * Assumptions.SecondsPerMonth / Assumptions.SecondsPerDay;
        var requests = traffic.Requests * Assumptions.SecondsPerMonth * Assumptions.AccessLogBytes / GigaBytes;
        var logged = sheet.Add("logs", "GB", load.FrontDoor == FrontDoorTier.None ? stamps : stamps + requests);
        return sheet.Add("Log Analytics", "USD", logged * ListPrices.Logs);
    }
}
