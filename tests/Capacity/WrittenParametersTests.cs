using System.Text.Json.Nodes;
using Serverless.Capacity;
using Serverless.Tests.Infra;

namespace Serverless.Tests.Capacity;

/// <summary>What is written is what the template takes, by the word of Bicep's own compiler, and what it stands for keeps every policy.</summary>
[Collection("Infra")]
public class WrittenParametersTests(InfraFiles infra)
{
    private static readonly LoadRegion[] Eight =
    [
        .. new[] { "koreacentral", "japaneast", "southeastasia", "westeurope", "northeurope", "eastus2", "westus3", "brazilsouth" }
            .Select((location, i) => new LoadRegion(location, AzureRegions.Find(location)!.Value.Continent, i < 5, i % 2 == 0)),
    ];

    public static TheoryData<string, Load> Loads => new()
    {
        { "startup", new ExampleEstimate("startup").Load },
        { "notifications", new ExampleEstimate("notifications").Load },
        { "posts", WithoutMedia(new ExampleEstimate("twitter").Load) },
        { "world", WithoutMedia(new ExampleEstimate("startup").Load) with { Regions = Eight, FrontDoor = FrontDoorTier.Premium, Isolated = true, SignalR = SignalRPlan.Premium } },
    };

    [Theory]
    [MemberData(nameof(Loads), DisableDiscoveryEnumeration = true)]
    public async Task What_an_estimate_writes_compiles_and_says_what_was_estimated(string name, Load load)
    {
        var estimate = new Estimator(ReferenceBook.Current).Of(load);
        Assert.Empty(estimate.Obstacles);
        var deployment = await infra.MadeAsync($"{name}-written", ParameterFile.Of(load, estimate.Size));
        AllPolicies.AssertKept(AllPolicies.Violations(deployment));
        JsonNode Value(string parameter) => deployment.Parameters![parameter]!["value"]!;

        var (size, scale, regions) = (estimate.Size, Value("scale"), Value("regions"));
        Assert.Equal((load.Name, size.Kind), ((string?)Value("name"), (string?)Value("kind")));
        Assert.Equal((size.Instances, size.Memory, size.Ready, size.Concurrency), (Number(scale, "instances"), Number(scale, "memory"), Number(scale, "ready"), Number(scale, "concurrency")));
        Assert.Equal((size.SignalR, size.Units), ((string?)scale["signalR"], Number(scale, "units")));
        Assert.Equal(load.Regions.Select(region => region.Location), regions.AsArray().Select(region => (string?)region!["location"]));
        Assert.All(regions.AsArray(), region => Assert.Equal(size.NodesPerRegion, region!["nodes"]!.AsArray().Select(node => (string?)node).Distinct().Count()));
    }

    private static int Number(JsonNode parent, string name) => (int)parent[name]!;

    private static Load WithoutMedia(Load load) => load with { Services = [.. load.Services.Select(one => one with { MediaShare = 0 })] };
}
