using System.Text.Json;
using Serverless.Http;

namespace Serverless.Capacity;

/// <summary>A load, or why there is none.</summary>
public abstract record LoadReading
{
    public sealed record Read(Load Load) : LoadReading;

    /// <param name="Field">Its path, such as "regions[1].location"; empty: the whole is no JSON object.</param>
    /// <param name="Sentence">What is wrong.</param>
    public sealed record Refused(string Field, string Sentence) : LoadReading;
}

/// <summary>Reads a load from JSON, strictly.</summary>
public static class LoadReader
{
    private const string DefaultName = "svplan";
    private const long MostUsers = 10_000_000_000;
    private const int MostRegions = 64;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Reads a text.</summary>
    public static LoadReading Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return new LoadReading.Refused("", "The load must be a JSON object.");
            if (!JsonBody.IsUnicode(document.RootElement))
                return new LoadReading.Refused("", "The load has half of a surrogate pair in a text, which is no character.");
            var reader = new ObjectReader(document.RootElement, "", new FieldProblem());
            var load = Read(reader);
            reader.Close();
            return reader.Problem.First is { } wrong ? new LoadReading.Refused(wrong.Field, wrong.Sentence) : new LoadReading.Read(load);
        }
        catch (JsonException bad)
        {
            return new LoadReading.Refused("", $"The load is not JSON: line {bad.LineNumber + 1}, position {bad.BytePositionInLine + 1}.");
        }
    }

    internal static Load Read(ObjectReader body)
    {
        var name = body.Text("name", 8, least: 3) ?? DefaultName;
        if (!char.IsAsciiLetterLower(name[0]) || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            body.Refuse("name", "name must be 3 to 8 small letters and digits, beginning with a letter.");
        var load = new Load(
            name,
            Users(body.Object("users", needed: true)),
            ServiceReader.Read(body.Object("services", needed: true)),
            Regions(body),
            body.Decimal("peakFactor", 1, 100) ?? 2,
            body.Decimal("retentionYears", 0.01m, 100) ?? 5,
            body.Number("copies", 1, 7) ?? 3,
            body.Word<FrontDoorTier>("frontDoor", TierOf, "none, standard or premium") ?? FrontDoorTier.Standard,
            body.Flag("isolated") ?? false,
            body.Word<SignalRPlan>("signalR", PlanOf, "standard or premium") ?? SignalRPlan.Standard);
        if (body.Has("services") && load.Services.Count == 0)
            body.Refuse("services", $"services must name at least one of {Recipe.Names}.");
        if (body.Has("regions") && load.Stamps.Count == 0)
            body.Refuse("regions", "At least one of regions must be a stamp.");
        if (load.Isolated && load.FrontDoor != FrontDoorTier.Premium)
            body.Refuse("isolated", "isolated needs frontDoor premium: only that reaches stamps over Private Link.");
        return load;
    }

    private static Population Users(ObjectReader? users)
    {
        if (users is null)
            return new Population(0, 0, 0);
        var isDaily = users.Has("daily");
        var population = new Population(
            users.LongNumber("daily", 0, MostUsers), users.LongNumber("monthly", 0, MostUsers, needed: !isDaily) ?? 0, users.Decimal("dailyShare", 0, 1, needed: !isDaily) ?? 0);
        if (isDaily && (users.Has("monthly") || users.Has("dailyShare")))
            users.Refuse("daily", "users is either daily, or monthly and dailyShare.");
        users.Close();
        return population;
    }

    private static List<LoadRegion> Regions(ObjectReader body)
    {
        var regions = new List<LoadRegion>();
        foreach (var (element, path) in body.List("regions", 1, MostRegions, needed: true))
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                body.Problem.Add(path, $"{path} must be an object, such as {{\"location\": \"koreacentral\"}}.");
                continue;
            }

            var reader = new ObjectReader(element, path, body.Problem);
            var location = reader.Text("location", 64, needed: true) ?? "";
            var known = AzureRegions.Find(location);
            var isStamp = reader.Word<bool>("role", RoleOf, "stamp or witness") ?? true;
            var zones = reader.Flag("zones") ?? known is { HasZones: true };
            if (known is null && reader.Has("location"))
                reader.Refuse("location", $"{path}.location is \"{location}\", which is no Azure region that is known here.");
            if (regions.Exists(other => other.Location == location))
                reader.Refuse("location", $"{path}.location names {location} a second time.");
            if (zones && known is { HasZones: false })
                reader.Refuse("zones", $"{path}.zones is true, but {location} has no availability zones.");
            reader.Close();
            regions.Add(new LoadRegion(location, known?.Continent ?? default, isStamp, zones));
        }

        return regions;
    }

    private static FrontDoorTier? TierOf(string word) => word switch
    {
        "none" => FrontDoorTier.None,
        "standard" => FrontDoorTier.Standard,
        "premium" => FrontDoorTier.Premium,
        _ => null,
    };

    private static SignalRPlan? PlanOf(string word) => word switch
    {
        "standard" => SignalRPlan.Standard,
        "premium" => SignalRPlan.Premium,
        _ => null,
    };

    private static bool? RoleOf(string word) => word switch
    {
        "stamp" => true,
        "witness" => false,
        _ => null,
    };
}
