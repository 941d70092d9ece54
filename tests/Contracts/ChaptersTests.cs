using System.Text.RegularExpressions;

namespace Serverless.Tests.Contracts;

/// <summary>The README's table of the book: every room, test and figure that it names exists.</summary>
public partial class ChaptersTests
{
    private static readonly string[] Steps = ["## The problem and its scope", "## The design", "## The hard part", "## What breaks first at 10×"];

    private static readonly Lazy<IReadOnlyList<string[]>> Rows = new(() =>
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        return [.. Chapters().Match(readme).Groups[1].Value.Split('\n').Where(line => line.StartsWith('|')).Skip(2).Select(line => line.Trim('|').Split('|'))];
    });

    [Fact]
    public void Every_row_has_an_item_a_decision_a_room_and_what_shows_it() => Assert.All(Rows.Value, row =>
    {
        Assert.Equal(4, row.Length);
        Assert.All(row, cell => Assert.NotEmpty(cell.Trim()));
        Assert.NotEmpty(Shown(row));
    });

    [Fact]
    public void Every_room_that_a_row_names_exists_and_goes_through_the_four_steps() => Assert.All(Rows.Value, row =>
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, Link().Match(row[2]).Groups[1].Value));
        if (!row[2].Contains("[Local]", StringComparison.Ordinal))
            Assert.All(Steps, step => Assert.Contains(step, readme, StringComparison.Ordinal));
    });

    [Fact]
    public void Every_test_and_every_figure_that_a_row_names_exists()
    {
        var tests = typeof(ChaptersTests).Assembly.GetTypes()
            .Where(type => type.GetMethods().Any(method => method.IsDefined(typeof(FactAttribute), true))).Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        var figures = Repository.Sources("tests/Bench").SelectMany(file => Figure().Matches(File.ReadAllText(Path.Combine(Repository.Root, "tests/Bench", file))))
            .Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(Rows.Value.SelectMany(Shown), name => !(name.Contains('.', StringComparison.Ordinal) ? figures : tests).Contains(name));
    }

    private static IEnumerable<string> Shown(string[] row) => Name().Matches(row[3]).Select(match => match.Groups[1].Value);

    [GeneratedRegex("<!-- chapters:begin -->(.*?)<!-- chapters:end -->", RegexOptions.Singleline)]
    private static partial Regex Chapters();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"""([a-z0-9]+(?:\.[a-z0-9]+)+)""")]
    private static partial Regex Figure();
}
