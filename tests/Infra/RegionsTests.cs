using System.Text.Json.Nodes;

namespace Serverless.Tests.Infra;

/// <summary>`regions` is the only knob: any number of them compiles, one more changes nothing of the others, and what cannot work is refused with a sentence.</summary>
[Collection("Infra")]
public class RegionsTests(InfraFiles infra)
{
    private static readonly string[] Locations = ["koreacentral", "japaneast", "southeastasia", "westeurope", "eastus2"];

    // What tells every stamp of all: nodes and pushes in its settings, and what the page may connect to.
    private static readonly string[] SharedLists = ["Microsoft.Web/sites/config", "Microsoft.Cdn/profiles/ruleSets/rules"];

    [Theory]
    [InlineData(1, "dev", "none", false)]
    [InlineData(2, "dev", "standard", false)]
    [InlineData(5, "prod", "standard", false)]
    [InlineData(5, "prod", "premium", true)]
    public async Task So_many_regions_compile_and_keep_every_policy(int count, string kind, string frontDoor, bool isolated)
    {
        var deployment = await infra.MadeAsync($"{kind}-{count}-{frontDoor}", Parameters(Locations[..count].Select(Stamp), kind, frontDoor, isolated));
        Assert.Equal(count, deployment.All("Microsoft.Web/sites").Count());
        Assert.Equal(count, deployment.All("Microsoft.SignalRService/signalR").Count());
        Assert.Equal(3 * count, deployment.All("Microsoft.Storage/storageAccounts").Count(one => one.Part == "node"));
        AllPolicies.AssertKept(AllPolicies.Violations(deployment));
    }

    [Theory]
    [InlineData("standard", false)]
    [InlineData("premium", true)]
    public async Task One_more_region_changes_nothing_of_the_others_but_the_shared_lists(string frontDoor, bool isolated)
    {
        var before = await infra.MadeAsync("before-" + frontDoor, Parameters(Locations[..3].Select(Stamp), "prod", frontDoor, isolated));
        var after = await infra.MadeAsync("after-" + frontDoor, Parameters(Locations[..4].Select(Stamp), "prod", frontDoor, isolated));

        var now = after.Resources.ToDictionary(one => one.Id);
        Assert.All(before.Resources, one => Assert.Contains(one.Id, now.Keys));
        var changed = before.Resources.Where(one => !JsonNode.DeepEquals(one.Json, now[one.Id].Json)).ToList();
        Assert.All(changed, one => Assert.Contains(one.Type, SharedLists));
        Assert.Equal(3, changed.Count(one => one.Type == "Microsoft.Web/sites/config"));
        Assert.All(changed.Where(one => one.Type == "Microsoft.Web/sites/config"), one => OnlyAdds(one.Json["properties"]!.AsObject(), now[one.Id].Json["properties"]!.AsObject()));
    }

    [Fact]
    public async Task A_witness_keeps_copies_and_runs_nothing()
    {
        var deployment = await infra.DeploymentAsync("prod-kr");
        var witness = deployment.Resources.Where(one => one["location"] == "southeastasia" && one.Part != "witness").ToList();
        Assert.All(witness, one => Assert.Equal(("Microsoft.Storage/storageAccounts", "node"), (one.Type, one.Part)));
        Assert.Equal(2, witness.Count);
    }

    [Theory]
    [InlineData("prod", "none", false, "Three copies in three regions need at least three regions", 0, 1)]
    [InlineData("dev", "premium", false, "A region is named twice.", 0, 1, 0)]
    [InlineData("prod", "standard", true, "which only frontDoor premium has", 0, 1, 2)]
    public async Task What_cannot_work_is_refused(string kind, string frontDoor, bool isolated, string sentence, params int[] regions)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() =>
            infra.MadeAsync($"refused-{kind}-{frontDoor}", Parameters(regions.Select(i => Stamp(Locations[i])), kind, frontDoor, isolated)));
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("role: 'stamp'", "role: 'witness'", "At least one region must be a stamp.")]
    [InlineData("instances: 40", "instances: 100", "More instances than worker ids")]
    [InlineData("nodes: ['a', 'b', 'c']", "nodes: ['a']", "Three copies need at least three nodes.")]
    [InlineData("signalR: 'Free_F1'", "signalR: 'Free_F2'", "'Free_F2'")]
    [InlineData("zones: true", "zone: true", "\"zone\"")]
    public async Task A_region_that_cannot_work_is_refused(string line, string wrong, string sentence)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() =>
            infra.MadeAsync("refused", Parameters([Stamp(Locations[0])], "dev", "none", false).Replace(line, wrong, StringComparison.Ordinal)));
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
    }

    private static string Stamp(string location) => $"{{ location: '{location}', role: 'stamp', nodes: ['a', 'b', 'c'], zones: true }}";

    private static string Parameters(IEnumerable<string> regions, string kind, string frontDoor, bool isolated) => $$"""
        using 'main.bicep'
        param name = 'made'
        param kind = '{{kind}}'
        param regions = [
        {{string.Join("\n", regions)}}
        ]
        param frontDoor = '{{frontDoor}}'
        param isolated = {{(isolated ? "true" : "false")}}
        param scale = { instances: 40, memory: 2048, ready: 0, concurrency: 32, signalR: '{{(kind == "dev" ? "Free_F1" : "Standard_S1")}}', units: 1 }
        param auth = { issuer: 'https://login.example.com', audience: 'api://chat', metadata: 'https://login.example.com/keys', clientId: 'page', scope: 'openid', services: [] }
        """;

    private static void OnlyAdds(JsonObject before, JsonObject after) =>
        Assert.All(before, field => Assert.True(JsonNode.DeepEquals(field.Value, after[field.Key]), field.Key));
}
