namespace Serverless.Capacity;

/// <summary>Powers of two, and who defines them.</summary>
public sealed record PowerTable(string Source, IReadOnlyList<PowerOfTwo> Rows);

/// <summary>Latencies, and who measured them.</summary>
public sealed record LatencyTable(string Source, IReadOnlyList<Latency> Rows);

/// <summary>The nines, and how they are reckoned.</summary>
public sealed record NineTable(string Source, IReadOnlyList<Nine> Rows);

/// <summary>List prices in US dollars, with the day and the region of which they are.</summary>
public sealed record PriceTable(string AsOf, string Region, IReadOnlyList<Quantity> Rows);

/// <summary>What estimates rest on.</summary>
/// <param name="Powers">From KB to PB.</param>
/// <param name="Latencies">Numbers that every programmer should know.</param>
/// <param name="Nines">What availabilities allow.</param>
/// <param name="ServiceLevels">What Azure promises of each service.</param>
/// <param name="Limits">What Azure and the template allow at most.</param>
/// <param name="Prices">What Azure asks for it.</param>
/// <param name="Assumptions">Of this product and of the world.</param>
/// <param name="Recipes">What an item of each service costs inside.</param>
public sealed record ReferenceBook(
    PowerTable Powers, LatencyTable Latencies, NineTable Nines, IReadOnlyList<Quantity> ServiceLevels, IReadOnlyList<Quantity> Limits, PriceTable Prices, IReadOnlyList<Quantity> Assumptions,
    IReadOnlyList<Recipe> Recipes)
{
    public static ReferenceBook Current { get; } = new(
        new(PowersOfTwo.Source, PowersOfTwo.All), new(Capacity.Latencies.Source, Capacity.Latencies.All), new(Capacity.Nines.Source, Capacity.Nines.All), Capacity.ServiceLevels.All,
        AzureLimits.All, new(ListPrices.AsOf, ListPrices.Region, ListPrices.All), Capacity.Assumptions.All, Recipe.All);
}
