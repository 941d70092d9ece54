namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>Which interleavings of a change of membership with writes and reads are explored.</summary>
internal static class MoveExplorations
{
    private static readonly string[] Nodes = ["r1n1", "r2n1", "r3n1"];
    private static readonly Act[][] Write = [[Act.Write]];
    private static readonly Act[][] OverwriteAlone = [[Act.Read, Act.Overwrite]];
    private static readonly Act[][] OverwriteAndRead = [[Act.Read, Act.Overwrite], [Act.Read]];
    private static readonly Act[][] WriteAndRead = [[Act.Write], [Act.Read]];

    /// <summary>In each test run, the longest first. What is tried again after a pause goes on in one order of each coordinator's calls.</summary>
    public static IReadOnlyList<Exploring> Small { get; } =
    [
        Of("a write and a read in order", WriteAndRead, MoveBegun.Joint, inAnyOrder: 0),
        Of("a write and a read in order, a crash", WriteAndRead, MoveBegun.Joint, new Events(CrashFirst: true), inAnyOrder: 0),
        Of("a read, then a write over it, in order", OverwriteAlone, MoveBegun.Joint, exists: true, inAnyOrder: 0),
        Of("a write in order, the mover crashes", Write, MoveBegun.Joint, crashes: true, inAnyOrder: 0),
        Of("a read, then a write over it, and a read in order, a crash, the mover crashes", OverwriteAndRead, MoveBegun.Dropping, new Events(CrashFirst: true), exists: true, crashes: true, inAnyOrder: 0),
        Of("a read, then a write over it, and a read in order", OverwriteAndRead, MoveBegun.Dropping, exists: true, inAnyOrder: 0),
        Of("a write and a read in order, a crash, r1n1 wiped", WriteAndRead, MoveBegun.NotYet, new Events(CrashFirst: true, Wipe: "r1n1"), exists: true, inAnyOrder: 0),
        Of("a write and a read in order, a crash, the mover crashes", WriteAndRead, MoveBegun.NotYet, new Events(CrashFirst: true), crashes: true, inAnyOrder: 0),
        Of("a write and a read in order", WriteAndRead, MoveBegun.NotYet, inAnyOrder: 0),
    ];

    /// <summary>What takes seconds to minutes each, the last one longer.</summary>
    public static IReadOnlyList<Exploring> Large { get; } =
    [
        Of("a write", Write, MoveBegun.Joint),
        Of("a write and a read", WriteAndRead, MoveBegun.NotYet),
        Of("a write and a read", WriteAndRead, MoveBegun.Dropping),
        .. Nodes.Select(node => Of($"a write in order, {node} wiped", Write, MoveBegun.Joint, new Events(Wipe: node), exists: true, inAnyOrder: 0)),
        Of("a read, then a write over it, in order, the mover crashes", OverwriteAlone, MoveBegun.Joint, exists: true, crashes: true, inAnyOrder: 0),
        Of("a write and a read of a written key in order", WriteAndRead, MoveBegun.Joint, exists: true, inAnyOrder: 0),
        Of("two writes of a written key in order, a crash", [[Act.Write], [Act.Write]], MoveBegun.Joint, new Events(CrashFirst: true), exists: true, inAnyOrder: 0),
        Of("a write, the mover crashes", Write, MoveBegun.Joint, crashes: true),
        Of("a read, then a write over it", OverwriteAlone, MoveBegun.Joint, exists: true),
    ];

    /// <summary>What notices that a rule is broken.</summary>
    public static Exploring Broken(Mutation mutation) =>
        new(mutation.ToString(), context => new MoveScenario(context, [[Act.Write], [], [Act.Read]], MoveBegun.NotYet, mutation: mutation), InOrderLater: true);

    private static Exploring Of(string name, Act[][] acts, MoveBegun begun, Events events = default, bool exists = false, bool crashes = false, int inAnyOrder = int.MaxValue) => new(
        $"moving, {(begun == MoveBegun.NotYet ? "not begun" : begun == MoveBegun.Joint ? "joint" : "dropping")}: {name}",
        context => new MoveScenario(context, acts, begun, events, exists, crashes, inAnyOrder),
        InOrderLater: true);
}
