using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Serverless.Tests.Infra;

/// <summary>What CI and azd go by names what there is, and nothing that may change under it.</summary>
[Collection("Infra")]
public partial class WorkflowTests(InfraFiles infra)
{
    public static TheoryData<string> Workflows => ["ci.yml", "deploy.yml"];

    [Theory]
    [MemberData(nameof(Workflows))]
    public async Task Every_action_is_pinned_by_its_commit_with_its_version_beside_it(string workflow)
    {
        var uses = Uses().Matches(await TextAsync(workflow)).Select(one => one.Groups[1].Value.Trim()).ToList();
        Assert.NotEmpty(uses);
        Assert.All(uses, one => Assert.Matches("^[a-z]+/[a-z-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+$", one));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public async Task Every_job_may_little_ends_in_time_and_waits_for_jobs_that_exist(string workflow)
    {
        var yaml = Read(await TextAsync(workflow));
        Assert.All((YamlMappingNode)yaml["permissions"], one => Assert.Contains($"{one.Key} {one.Value}", (string[])["contents read", "id-token write"]));
        var jobs = ((YamlMappingNode)yaml["jobs"]).Children;
        Assert.All(jobs, job => Assert.Contains("timeout-minutes", ((YamlMappingNode)job.Value).Children.Keys.Select(key => key.ToString())));
        foreach (var (_, job) in jobs)
        {
            if (((YamlMappingNode)job).Children.TryGetValue("needs", out var needs))
                Assert.All(needs is YamlSequenceNode many ? many.Children : [needs], one => Assert.Contains(one, jobs.Keys));
        }
    }

    [Fact]
    public async Task Deployment_uses_what_the_template_answers_and_the_parameter_files_read()
    {
        var (deploy, template) = (await TextAsync("deploy.yml"), (await infra.MainAsync()).Template!);
        var used = OutputsLoop().Match(deploy).Groups[1].Value.Split(' ');
        Assert.Subset(template["outputs"]!.AsObject().Select(one => one.Key).ToHashSet(), used.ToHashSet());

        var read = InfraFiles.Parameters.Where(name => name != "dev")
            .SelectMany(name => ReadsVariable().Matches(File.ReadAllText(InfraFiles.PathOf(name + ".bicepparam"))).Select(one => one.Groups[1].Value)).Distinct();
        Assert.All(read, name => Assert.Contains($"\n  {name}: ", deploy, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Azd_finds_its_parameters_and_its_service()
    {
        var azd = Read(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "azure.yaml"), TestContext.Current.CancellationToken));
        Assert.True(File.Exists(InfraFiles.PathOf(azd["infra"]["module"] + ".bicepparam")));
        foreach (var (name, service) in ((YamlMappingNode)azd["services"]).Children)
        {
            Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(Repository.Root, service["project"].ToString()), "*.csproj"));
            var site = Assert.Single((await infra.DeploymentAsync("dev")).All("Microsoft.Web/sites"));
            Assert.Equal(name.ToString(), (string?)site.At("tags")!["azd-service-name"]);
        }
    }

    [Fact]
    public async Task The_runbook_names_every_secret_that_a_setting_can_refer_to()
    {
        var settings = await File.ReadAllTextAsync(InfraFiles.PathOf("shared/settings.bicep"), TestContext.Current.CancellationToken);
        var runbook = await File.ReadAllTextAsync(InfraFiles.PathOf("README.md"), TestContext.Current.CancellationToken);
        var secrets = Secret().Matches(settings).Select(one => one.Groups[1].Value).ToList();
        Assert.Equal(5, secrets.Count);
        Assert.All(secrets, name => Assert.Contains($"`{name}`", runbook, StringComparison.Ordinal));
    }

    private static Task<string> TextAsync(string workflow) =>
        File.ReadAllTextAsync(Path.Combine(Repository.Root, ".github/workflows", workflow), TestContext.Current.CancellationToken);

    private static YamlNode Read(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return yaml.Documents[0].RootNode;
    }

    [GeneratedRegex(@"uses: (.*)")]
    private static partial Regex Uses();

    [GeneratedRegex("for output in (.*); do")]
    private static partial Regex OutputsLoop();

    [GeneratedRegex(@"readEnvironmentVariable\('(\w+)'")]
    private static partial Regex ReadsVariable();

    [GeneratedRegex(@"secret\(vault, '([\w-]+)'\)")]
    private static partial Regex Secret();
}
