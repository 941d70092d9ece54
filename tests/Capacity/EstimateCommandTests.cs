using System.Text.Json;
using Serverless.Capacity;
using Serverless.Local.Commands;

namespace Serverless.Tests.Capacity;

public sealed class EstimateCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serverless-estimate-");
    private readonly DirectoryInfo _infra;

    // The command looks whether there is a template, and does not read it.
    public EstimateCommandTests()
    {
        _infra = _folder.CreateSubdirectory("infra");
        File.WriteAllText(BesideTemplate("main.bicep"), "");
    }

    public static TheoryData<string, string, string> Refused => BadLoads.All;

    public static TheoryData<string> Examples => [.. LoadExamples.Names];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_prints_every_figure_with_its_formula_on_one_line(string name)
    {
        var (exitCode, output, error) = await RunAsync("estimate", name);

        Assert.Equal((0, ""), (exitCode, error));
        var lines = output.Split('\n');
        Assert.All(new ExampleEstimate(name).Estimate.Groups.SelectMany(group => group.Figures).Where(figure => figure.Formula.Length < 120), figure =>
            Assert.Contains(lines, line => line.Contains(figure.Name, StringComparison.Ordinal) && line.Contains(figure.Formula, StringComparison.Ordinal)));
        Assert.Contains($"Prices are list prices of {ListPrices.Region} on {ListPrices.AsOf}.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_as_JSON_is_that_of_the_API()
    {
        var (exitCode, output, _) = await RunAsync("estimate", "twitter", "--json");

        Assert.Equal(0, exitCode);
        using var estimate = JsonDocument.Parse(output);
        Assert.Equal(["groups", "pricesAsOf", "pricesRegion", "limits", "firstAtTenfold", "size", "obstacles"], estimate.RootElement.EnumerateObject().Select(part => part.Name));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_load_that_cannot_be_taken_is_one_sentence_and_exit_code_2(string load, string field, string sentence)
    {
        Assert.NotEmpty(field);
        Assert.Equal((2, "", sentence), Trimmed(await RunAsync("estimate", await FileAsync(load))));
    }

    [Theory]
    [InlineData("{\n\"users\": ]", "The load is not JSON: line 2, position 10.")]
    [InlineData("[]", "The load must be a JSON object.")]
    [InlineData("{\"name\": \"\\ud800abc\"}", "The load has half of a surrogate pair in a text, which is no character.")]
    public async Task A_file_without_a_load_is_one_sentence_and_exit_code_2(string text, string sentence) =>
        Assert.Equal((2, "", sentence), Trimmed(await RunAsync("estimate", await FileAsync(text))));

    [Fact]
    public async Task A_name_that_nothing_has_is_one_sentence_and_exit_code_2() => Assert.Equal(
        (2, "", "There is no file \"nothing\", and no example of that name: there are chat, notifications, startup, twitter."), Trimmed(await RunAsync("estimate", "nothing")));

    [Fact]
    public async Task Parameters_are_written_once_and_never_over_others()
    {
        var file = BesideTemplate("once.bicepparam");
        var (exitCode, output, _) = await RunAsync("estimate", "startup", "--write", file);
        Assert.Equal(0, exitCode);
        Assert.EndsWith($"Wrote {file}\n", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, "somebody's", TestContext.Current.CancellationToken);
        Assert.Equal((2, $"\"{file}\" is there already: choose another name, or delete it first."), Refusal(await RunAsync("estimate", "startup", "--write", file)));
        Assert.Equal("somebody's", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Parameters_belong_beside_the_template()
    {
        var (elsewhere, other) = (Path.Combine(_folder.FullName, "x.bicepparam"), BesideTemplate("x.json"));
        Assert.Equal((2, $"There is no main.bicep beside \"{elsewhere}\": parameters belong into the folder infra."), Refusal(await RunAsync("estimate", "startup", "--write", elsewhere)));
        Assert.Equal((2, $"\"{other}\" must end in .bicepparam."), Refusal(await RunAsync("estimate", "startup", "--write", other)));
        Assert.False(File.Exists(elsewhere) || File.Exists(other));
    }

    [Fact]
    public async Task What_the_template_cannot_hold_is_named_and_not_written()
    {
        var file = BesideTemplate("chat.bicepparam");
        var (exitCode, sentence) = Refusal(await RunAsync("estimate", "chat", "--write", file));
        Assert.Equal(2, exitCode);
        Assert.StartsWith($"{file} is not written, because the template cannot hold this load. Operations of a region's queues: 138,889 /s are needed, and 1,000 /s are to be had.", sentence, StringComparison.Ordinal);
        Assert.Contains("Worker ids of a region: 256 instances are needed, and 64 instances are to be had.", sentence, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string BesideTemplate(string name) => Path.Combine(_infra.FullName, name);

    private async Task<string> FileAsync(string text)
    {
        var file = Path.Combine(_folder.FullName, "load.json");
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        return file;
    }

    private static (int, string, string) Trimmed((int ExitCode, string Output, string Error) run) => (run.ExitCode, run.Output, run.Error.Trim());

    private static (int, string) Refusal((int ExitCode, string Output, string Error) run) => (run.ExitCode, run.Error.Trim());

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await CommandLine.RunAsync(line, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
