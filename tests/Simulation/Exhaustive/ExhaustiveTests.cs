using System.Diagnostics;

namespace Serverless.Tests.Simulation.Exhaustive;

public class ExhaustiveTests
{
    [Fact]
    public void Try_out()
    {
        Show("one write", c => new QuorumWriteScenario(c, [[Act.Write]]));
        Show("read", c => new QuorumWriteScenario(c, [[Act.Read]], exists: true));
        Show("write existing", c => new QuorumWriteScenario(c, [[Act.Read, Act.Overwrite]], exists: true));
        Show("write | read", c => new QuorumWriteScenario(c, [[Act.Write], [Act.Read]]));
        Show("write | read, wipe", c => new QuorumWriteScenario(c, [[Act.Write], [Act.Read]], events: new Events(Wipe: "r1n1")));
        Show("write | read, crash", c => new QuorumWriteScenario(c, [[Act.Write], [Act.Read]], events: new Events(CrashFirst: true)));
        Show("write | write", c => new QuorumWriteScenario(c, [[Act.Write], [Act.Write]]));
    }

    private static void Show(string name, Func<SteppedContext, Scenario> create)
    {
        var start = Stopwatch.GetTimestamp();
        var found = Explorer.Explore(create, 20_000);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {found}, {Stopwatch.GetElapsedTime(start).TotalMilliseconds} ms {string.Join('\n', found.Broken)}");
    }
}
