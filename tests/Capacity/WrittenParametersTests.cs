using System.Diagnostics;
using System.Text.Json;
using Serverless.Capacity;

namespace Serverless.Tests.Capacity;

/// <summary>What is written is what the template takes, by the word of Bicep's own compiler.</summary>
public class WrittenParametersTests(InfraFolder infra) : IClassFixture<InfraFolder>
{
    private static readonly string Compiler = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages", "azure.bicep.commandline.linux-x64", "0.49.2", "tools", "bicep");

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
        var file = infra.Beside($"{name}-written.bicepparam");
        await File.WriteAllTextAsync(file, ParameterFile.Of(load, estimate.Size), TestContext.Current.CancellationToken);

        using var compiled = JsonDocument.Parse(await CompileAsync(file));
        JsonElement Value(string parameter) => compiled.RootElement.GetProperty("parameters").GetProperty(parameter).GetProperty("value");

        var (size, scale, regions) = (estimate.Size, Value("scale"), Value("regions"));
        Assert.Equal((load.Name, size.Kind), (Value("name").GetString(), Value("kind").GetString()));
        Assert.Equal((size.Instances, size.Memory, size.Ready, size.Concurrency), (Number(scale, "instances"), Number(scale, "memory"), Number(scale, "ready"), Number(scale, "concurrency")));
        Assert.Equal((size.SignalR, size.Units), (scale.GetProperty("signalR").GetString(), Number(scale, "units")));
        Assert.Equal(load.Regions.Select(region => region.Location), regions.EnumerateArray().Select(region => region.GetProperty("location").GetString()));
        Assert.All(regions.EnumerateArray(), region => Assert.Equal(size.NodesPerRegion, region.GetProperty("nodes").EnumerateArray().Select(node => node.GetString()).Distinct().Count()));
    }

    private static int Number(JsonElement parent, string name) => parent.GetProperty(name).GetInt32();

    private static Load WithoutMedia(Load load) => load with { Services = [.. load.Services.Select(one => one with { MediaShare = 0 })] };

    // The parameters as JSON; fails with the compiler's own words.
    private static async Task<string> CompileAsync(string file)
    {
        Assert.SkipUnless(File.Exists(Compiler), "Bicep's compiler is not here.");
        using var process = Process.Start(new ProcessStartInfo(Compiler, ["build-params", file, "--stdout"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0 && (await error).Length == 0, await error);
        using var both = JsonDocument.Parse(await output);
        return both.RootElement.GetProperty("parametersJson").GetString()!;
    }
}
