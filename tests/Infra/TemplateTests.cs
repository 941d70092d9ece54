using System.Text.Json.Nodes;

namespace Serverless.Tests.Infra;

/// <summary>The template compiles without a word, stands for what is kept beside it, and keeps every policy.</summary>
[Collection("Infra")]
public class TemplateTests(InfraFiles infra)
{
    private const double MostSeconds = 60;

    public static TheoryData<string> Parameters => [.. InfraFiles.Parameters];

    [Fact]
    public async Task It_builds_and_lints_without_a_word()
    {
        var (template, said) = await infra.MainAsync();
        Assert.NotNull(template);
        Assert.Empty(said);

        var (exit, lint) = await infra.Timed("lint", () => BicepServer.RunAsync("lint", InfraFiles.PathOf("main.bicep")));
        Assert.Equal((0, ""), (exit, lint.Trim()));
    }

    // Renewed by: bicep snapshot infra/NAME.bicepparam --mode overwrite --subscription-id 00000000-0000-0000-0000-000000000001 --location koreacentral
    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task A_parameter_file_stands_for_the_resources_that_are_kept_beside_it(string name)
    {
        var kept = await File.ReadAllTextAsync(InfraFiles.PathOf(name + ".snapshot.json"), TestContext.Current.CancellationToken);
        var snapshot = await infra.SnapshotAsync(InfraFiles.PathOf(name + ".bicepparam"));
        var (before, now) = (JsonNode.Parse(kept)!, JsonNode.Parse(snapshot)!);
        var known = before["predictedResources"]!.AsArray().ToDictionary(one => (string)one!["id"]!);
        Assert.DoesNotContain(now["predictedResources"]!.AsArray(), one => !JsonNode.DeepEquals(known.GetValueOrDefault((string)one!["id"]!), one));
        Assert.True(JsonNode.DeepEquals(before, now));
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task Every_policy_is_kept(string name)
    {
        var deployment = await infra.DeploymentAsync(name);
        AllPolicies.AssertKept(await infra.Timed("policies of " + name, () => Task.FromResult(AllPolicies.Violations(deployment))));
    }

    [Fact]
    public async Task All_of_it_takes_less_than_a_minute()
    {
        await It_builds_and_lints_without_a_word();
        foreach (var name in InfraFiles.Parameters)
        {
            await A_parameter_file_stands_for_the_resources_that_are_kept_beside_it(name);
            await Every_policy_is_kept(name);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(infra.Times());
        Assert.InRange(infra.Took.Values.Sum(), 0, MostSeconds);
    }
}
