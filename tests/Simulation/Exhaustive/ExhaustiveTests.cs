using System.Diagnostics;

namespace Serverless.Tests.Simulation.Exhaustive;

public class ExhaustiveTests
{
    [Fact]
    public void Try_out()
    {
        Show("read, refill", c => new QuorumWriteScenario(c, [[Act.Read]], exists: true, events: new Events(Refill: "r3n1")));
        Show("write, refill", c => new QuorumWriteScenario(c, [[Act.Write]], exists: true, events: new Events(Refill: "r3n1")));
        Show("write | read, refill", c => new QuorumWriteScenario(c, [[Act.Write], [Act.Read]], exists: true, events: new Events(Refill: "r3n1")));
        Show("overwrite | overwrite", c => new QuorumWriteScenario(c, [[Act.Read, Act.Overwrite], [Act.Read, Act.Overwrite]], exists: true));
        Show("overwrite | read", c => new QuorumWriteScenario(c, [[Act.Read, Act.Overwrite], [Act.Read]], exists: true));
        Show("write read | read, wipe", c => new QuorumWriteScenario(c, [[Act.Write, Act.Read], [Act.Read]], events: new Events(Wipe: "r1n1")));
        Show("write | read, crash, wipe", c => new QuorumWriteScenario(c, [[Act.Write], [Act.Read]], events: new Events(true, Wipe: "r1n1")));
        Show("mutant amnesiac", c => new QuorumWriteScenario(c, [[Act.Write], [Act.Read]], events: new Events(true, Wipe: "r1n1"), mutation: Mutation.CountAmnesiac));
        Show("mutant actor", c => new QuorumWriteScenario(c, [[Act.Write], [Act.Write]], mutation: Mutation.ReuseActor));
        Show("mutant forget", c => new QuorumWriteScenario(c, [[Act.Write], [Act.Write]], mutation: Mutation.ForgetDot));
    }

    private static void Show(string name, Func<SteppedContext, Scenario> create)
    {
        var start = Stopwatch.GetTimestamp();
        var found = Explorer.Explore(create, 60_000);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {found}, {Stopwatch.GetElapsedTime(start).TotalMilliseconds} ms {string.Join('\n', found.Broken)}");
    }
}
