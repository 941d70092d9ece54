namespace Serverless.Capacity;

/// <summary>Where a region is, as transfer between regions is priced.</summary>
public enum Continent
{
    NorthAmerica,
    Europe,
    Asia,
    Oceania,
    MiddleEast,
    Africa,
    SouthAmerica,
}

/// <summary>The public regions of Azure that are known here, in the middle of 2025 (https://learn.microsoft.com/azure/reliability/regions-list).</summary>
internal static class AzureRegions
{
    private static readonly Dictionary<string, (Continent Continent, bool HasZones)> Known =
        All(Continent.NorthAmerica, zones: true, "eastus", "eastus2", "centralus", "southcentralus", "westus2", "westus3", "canadacentral", "mexicocentral")
        .Concat(All(Continent.NorthAmerica, zones: false, "westus", "northcentralus", "westcentralus", "canadaeast"))
        .Concat(All(Continent.Europe, zones: true, "westeurope", "northeurope", "francecentral", "germanywestcentral", "italynorth", "norwayeast", "polandcentral", "spaincentral", "swedencentral", "switzerlandnorth", "uksouth"))
        .Concat(All(Continent.Europe, zones: false, "ukwest"))
        .Concat(All(Continent.Asia, zones: true, "koreacentral", "japaneast", "japanwest", "southeastasia", "eastasia", "centralindia", "indonesiacentral", "malaysiawest"))
        .Concat(All(Continent.Asia, zones: false, "koreasouth", "southindia", "westindia"))
        .Concat(All(Continent.Oceania, zones: true, "australiaeast", "newzealandnorth"))
        .Concat(All(Continent.Oceania, zones: false, "australiasoutheast", "australiacentral"))
        .Concat(All(Continent.MiddleEast, zones: true, "uaenorth", "qatarcentral", "israelcentral"))
        .Concat(All(Continent.Africa, zones: true, "southafricanorth"))
        .Concat(All(Continent.SouthAmerica, zones: true, "brazilsouth", "chilecentral"))
        .ToDictionary(one => one.Name, one => (one.Continent, one.HasZones), StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public static int Count => Known.Count;

    /// <summary>Null when the region is not known.</summary>
    public static (Continent Continent, bool HasZones)? Find(string location) => Known.TryGetValue(location, out var found) ? found : null;

    private static IEnumerable<(string Name, Continent Continent, bool HasZones)> All(Continent continent, bool zones, params string[] names) =>
        names.Select(name => (name, continent, zones));
}
