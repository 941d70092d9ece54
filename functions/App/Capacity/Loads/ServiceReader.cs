using System.Text.Json;
using Serverless.Http;

namespace Serverless.Capacity;

/// <summary>Reads what users do with each service.</summary>
internal static class ServiceReader
{
    private const decimal MostPerUser = 10_000;
    private const decimal MostBytes = 100_000_000;
    private const decimal MostMediaBytes = 1_000_000_000;
    private const decimal DefaultConnectedShare = 0.1m;
    private const int MostBatch = 500;
    private const int MostReaders = 99;

    public static IReadOnlyList<ServiceLoad> Read(ObjectReader? services)
    {
        var loads = new List<ServiceLoad>();
        foreach (var (name, value) in services?.Entries() ?? [])
        {
            var path = services!.PathOf(name);
            if (Recipe.Find(name) is not { } recipe)
                services.Refuse(name, $"There is no service {name}; known are {Recipe.Names}.");
            else if (value.ValueKind != JsonValueKind.Object)
                services.Refuse(name, $"{path} must be an object, such as {{\"actionsPerUserPerDay\": 2}}.");
            else
                loads.Add(Read(recipe, new ObjectReader(value, path, services.Problem)));
        }

        return loads;
    }

    private static ServiceLoad Read(Recipe recipe, ObjectReader reader)
    {
        var load = new ServiceLoad(
            recipe.Kind,
            reader.Decimal("actionsPerUserPerDay", 0, MostPerUser, needed: true) ?? 0,
            reader.Decimal("bytesPerItem", 0, MostBytes) ?? recipe.Bytes,
            reader.Decimal("readsPerWrite", 0, MostPerUser) ?? recipe.ReadsPerWrite,
            reader.Decimal("mediaShare", 0, 1) ?? 0,
            reader.Decimal("mediaBytes", 0, MostMediaBytes) ?? 0);
        if (recipe.Kind == ServiceKind.Notifications)
            load = load with { Batch = reader.Number("batch", 1, MostBatch) ?? 1 };
        if (recipe.Kind == ServiceKind.Chat)
            load = load with { ConnectedShare = reader.Decimal("connectedShare", 0, 1) ?? DefaultConnectedShare, Readers = reader.Number("readers", 1, MostReaders) ?? 1 };
        reader.Close();
        return load;
    }
}
