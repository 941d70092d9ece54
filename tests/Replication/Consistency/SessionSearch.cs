using System.Collections.Concurrent;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Replication.Consistency;

/// <summary>Seeks violations of the session guarantees over many simulated lives.</summary>
public class SessionSearch
{
    private const int Seeds = 150;

    public static TheoryData<string, string, bool, bool> Kept => SessionTable.Where(kept: true);

    public static TheoryData<string, string, bool, bool> Broken => SessionTable.Where(kept: false);

    [Theory]
    [MemberData(nameof(Kept))]
    public void A_guarantee_that_the_table_gives_holds_in_every_life(string query, string guarantee, bool parted, bool tells)
    {
        var all = Live(query, parted, tells, Seeds);
        var broken = all.Where(life => Violations(life.Report, guarantee) > 0).Select(life => life.Seed).Order().ToList();
        Assert.True(broken.Count == 0, $"Seeds {string.Join(", ", broken.Take(5))}");

        // Who is never answered misses nothing.
        var sum = all.Aggregate(default(SessionReport), (sum, life) => sum + life.Report);
        TestContext.Current.TestOutputHelper?.WriteLine($"{sum}");
        Assert.InRange(sum.Reads, Seeds, int.MaxValue);
        Assert.InRange(sum.Writes, Seeds, int.MaxValue);
    }

    // A search that finds nothing where there is something proves nothing.
    [Theory]
    [MemberData(nameof(Broken))]
    public void The_same_search_finds_a_violation_where_the_table_gives_no_guarantee(string query, string guarantee, bool parted, bool tells)
    {
        for (var first = 0; first < Seeds; first += 10)
        {
            if (Live(query, parted, tells, 10, first).Where(life => Violations(life.Report, guarantee) > 0).Select(life => (int?)life.Seed).Min() is not { } seed)
                continue;
            TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}");
            return;
        }

        Assert.Fail($"None in {Seeds} lives: give the guarantee, or search better.");
    }

    private static int Violations(SessionReport report, string guarantee) =>
        guarantee == SessionTable.ReadYourWrites ? report.Missed : report.WentBack;

    private static ConcurrentBag<(int Seed, SessionReport Report)> Live(string query, bool parted, bool tells, int seeds, int first = 0)
    {
        var mode = SessionMode.Of(query);
        var lives = new ConcurrentBag<(int, SessionReport)>();
        AllProcessors.For(first, seeds, seed => lives.Add((seed, SessionLife.Run(seed, mode, parted, tells))));
        return lives;
    }
}
