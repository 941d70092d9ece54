namespace Serverless.Capacity;

/// <summary>The front door, and the way to clients.</summary>
internal static class EdgeCosts
{
    private static readonly Term TenThousand = Term.Of(10_000);
    private static readonly Term Thousand = Term.Of(1_000);

    public static IEnumerable<Term> Of(Sheet sheet, Load load, Demand demand)
    {
        var given = sheet.Add("given to clients", "GB", demand.Bandwidth.Out * Assumptions.SecondsPerMonth / Thousand);
        if (load.FrontDoor == FrontDoorTier.None)
        {
            yield return sheet.Add("transfer to clients", "USD", given * ListPrices.ToInternet);
            yield break;
        }

        var isPremium = load.FrontDoor == FrontDoorTier.Premium;
        var taken = sheet.Add("taken from clients", "GB", demand.Bandwidth.In * Assumptions.SecondsPerMonth / Thousand);
        yield return sheet.Add("Front Door, base fee", "USD", isPremium ? ListPrices.FrontDoorPremium : ListPrices.FrontDoorStandard);
        yield return sheet.Add("Front Door, requests", "USD", demand.Traffic.Requests * Assumptions.SecondsPerMonth / TenThousand * (isPremium ? ListPrices.RequestsPremium : ListPrices.RequestsStandard));
        yield return sheet.Add("Front Door, transfer to clients", "USD", given * ListPrices.EdgeToClient);
        yield return sheet.Add("Front Door, transfer to stamps", "USD", taken * ListPrices.EdgeToOrigin);
    }
}
