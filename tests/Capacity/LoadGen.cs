using CsCheck;
using Serverless.Capacity;

namespace Serverless.Tests.Capacity;

/// <summary>Any load, from nobody to most of mankind.</summary>
internal static class LoadGen
{
    private static readonly (string Location, Continent Continent)[] Places =
    [
        ("koreacentral", Continent.Asia), ("japaneast", Continent.Asia), ("southeastasia", Continent.Asia), ("westeurope", Continent.Europe), ("northeurope", Continent.Europe),
        ("eastus2", Continent.NorthAmerica), ("westus3", Continent.NorthAmerica), ("brazilsouth", Continent.SouthAmerica), ("australiaeast", Continent.Oceania), ("uaenorth", Continent.MiddleEast),
    ];

    private static readonly Gen<decimal> Share = Gen.Int[0, 100].Select(percent => percent / 100m);

    private static readonly Gen<Population> Users = Gen.OneOf(
        Gen.Long[0, 4_000_000_000].Select(daily => new Population(daily, 0, 0)), Gen.Long[0, 20_000].Select(daily => new Population(daily, 0, 0)),
        Gen.Select(Gen.Long[0, 4_000_000_000], Share, (monthly, share) => new Population(null, monthly, share)));

    private static readonly Gen<decimal> PerDay = Gen.OneOf(Gen.Int[0, 200].Select(count => (decimal)count), Gen.Int[0, 1_000].Select(count => count / 100m));

    private static readonly Gen<LoadRegion[]> Regions = Gen.Select(Gen.Int[1, Places.Length], Gen.Int[0, Places.Length - 1], Gen.Bool.Array[Places.Length], Gen.Bool.Array[Places.Length], (count, first, stamps, zones) =>
        Enumerable.Range(0, count).Select(i => (Place: Places[(first + i) % Places.Length], i)).Select(one => new LoadRegion(one.Place.Location, one.Place.Continent, one.i == 0 || stamps[one.i], zones[one.i])).ToArray());

    public static readonly Gen<Load> Any = Gen.Select(
        Users, Services(), Regions, Gen.Int[10, 100], Gen.Int[1, 1_000], Gen.Int[1, 7], Gen.Enum<FrontDoorTier>(), Gen.Enum<SignalRPlan>(),
        (users, services, regions, peak, years, copies, tier, plan) => new Load("svlaws", users, services, regions, peak / 10m, years / 10m, copies, tier, tier == FrontDoorTier.Premium && years % 2 == 0, plan));

    private static Gen<ServiceLoad[]> Services() =>
        Gen.Select(Gen.Bool.Array[6], Gen.Select(PerDay, Gen.Int[0, 100_000], PerDay, Share, Gen.Int[0, 5_000_000]).Array[6], Gen.Int[1, 500], Share, Gen.Int[1, 99]).Select((wanted, parts, batch, connected, readers) =>
        Enum.GetValues<ServiceKind>().Where(kind => wanted[(int)kind]).Select(kind =>
        {
            var (actions, bytes, reads, share, media) = parts[(int)kind];
            var load = new ServiceLoad(kind, actions, bytes, reads, share, media);
            return kind switch
            {
                ServiceKind.Chat => load with { ConnectedShare = connected, Readers = readers },
                ServiceKind.Notifications => load with { Batch = batch },
                _ => load,
            };
        }).ToArray());
}
