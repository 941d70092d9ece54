using Serverless.Tests.Replication.Consistency;
using Serverless.Tests.Replication.Scenarios;

namespace Serverless.Tests.Replication;

/// <summary>What a partition does, measured by parting a cluster; and the README says the same.</summary>
public class ConsistencyTable
{
    private const string Begin = "<!-- consistency:begin -->\n";
    private const string End = "\n<!-- consistency:end -->";

    private const string Availability =
        """
        | a request asks with | GET, majority | PUT, majority | GET, minority | PUT, minority |
        |---|---|---|---|---|
        | default | 200, quorum | 204, quorum | 200, sloppy | 204, sloppy |
        | `?sloppy=false` | 200, quorum | 204, quorum | 503 no-quorum, 1 of 2 | 503 no-quorum, 1 of 2 |
        | `?r=3&w=3&sloppy=false` | 503 no-quorum, 2 of 3 | 503 no-quorum, 2 of 3 | 503 no-quorum, 1 of 3 | 503 no-quorum, 1 of 3 |
        | `?r=1&w=1&sloppy=false` | 200, quorum | 204, quorum | 200, quorum | 204, quorum |
        """;

    [Fact]
    public void What_answers_in_a_partition_and_what_refuses_is_what_the_table_says()
    {
        // Who is counted may depend on who is first: all that occurs in any order.
        var cells = SessionMode.Every.ToDictionary(query => query, _ => Enumerable.Range(0, 4).Select(_ => new SortedSet<string>(StringComparer.Ordinal)).ToList());
        Scenario.Play(async scenario =>
        {
            foreach (var query in SessionMode.Every)
            {
                foreach (var (cell, answer) in cells[query].Zip(await MeasureAsync(scenario, query)))
                    cell.UnionWith(answer);
            }
        });

        var measured = string.Join('\n',
        [
            .. Availability.ReplaceLineEndings("\n").Split('\n').Take(2),
            .. SessionMode.Every.Select(query => $"| {SessionMode.Name(query)} | {string.Join(" | ", cells[query].Select(Word))} |"),
        ]);
        TestContext.Current.TestOutputHelper?.WriteLine(measured);
        Assert.Equal(Availability.ReplaceLineEndings("\n"), measured);
    }

    [Fact]
    public async Task The_readme_shows_these_tables()
    {
        var readme = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        TestContext.Current.TestOutputHelper?.WriteLine(SessionTable.Text);
        var begin = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        Assert.Equal($"{Availability.ReplaceLineEndings("\n")}\n\n{SessionTable.Text}", readme[begin..readme.IndexOf(End, begin, StringComparison.Ordinal)]);
    }

    // Each request has a key of its own, so that no answer leans on another.
    private static async Task<IReadOnlyList<IReadOnlySet<string>>> MeasureAsync(Scenario scenario, string query)
    {
        var answers = new List<(string Get, string Put)>();
        for (var owner = 0; owner < 3; owner++)
        {
            answers.Add((
                await CellAsync(scenario, owner, (kv, key) => kv.GetAsync(key, query), $"get {owner} {query}"),
                await CellAsync(scenario, owner, (kv, key) => kv.PutAsync(key, query), $"put {owner} {query}")));
        }

        var majority = answers.Take(2).ToList();
        return [Of(majority.Select(a => a.Get)), Of(majority.Select(a => a.Put)), Of([answers[2].Get]), Of([answers[2].Put])];

        static HashSet<string> Of(IEnumerable<string> all) => [.. all];
    }

    // "204, quorum" and "204, sloppy" together are "204, quorum or sloppy"; whatever else differs stays apart, and is wrong.
    private static string Word(SortedSet<string> answers) => string.Join(" / ", answers.GroupBy(answer => answer.Split(", ")[0])
        .Select(same => $"{same.Key}, {string.Join(" or ", same.Select(answer => answer.Split(", ")[1]))}"));

    // The region of the last owner is cut off; a coordinator in the region of one owner is asked.
    private static async Task<string> CellAsync(Scenario scenario, int owner, Func<KvInMemory, string, Task<string>> ask, string key)
    {
        var owners = scenario.Cluster.Owners(MemoryCluster.Key(key));
        Assert.Equal(3, owners.Select(scenario.Cluster.RegionOf).Distinct().Count());
        scenario.Cluster.Heal();
        await MemoryCluster.PutAsync(scenario.Near(owners[0]), key, "before", needed: 3);
        scenario.Cluster.Cut(scenario.Cluster.RegionOf(owners[2]));
        return await ask(new KvInMemory(scenario.Cluster, scenario.Near(owners[owner])), key);
    }
}
