namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>Which interleavings of forgetting a deleted key with writes and reads of it are explored.</summary>
internal static class ReapExplorations
{
    private static readonly string[] Nodes = ["r1n1", "r2n1", "r3n1"];
    private static readonly Act[][] Write = [[Act.Write]];
    private static readonly Act[][] Nothing = [[]];
    private static readonly Act[][] Read = [[Act.Read]];
    private static readonly Act[][] TwoWrites = [[Act.Write], [Act.Write]];
    private static readonly Act[][] OverwriteAlone = [[Act.Read, Act.Overwrite]];
    private static readonly Act[][] OverwriteAndWrite = [[Act.Read, Act.Overwrite], [Act.Write]];
    private static readonly Act[][] WriteAndRead = [[Act.Write], [Act.Read]];

    /// <summary>In each test run, the longest first. What is tried again after a pause goes on in one order of each coordinator's calls.</summary>
    public static IReadOnlyList<Exploring> Small { get; } =
    [
        Of("a write and a read in order, the reaper crashes", WriteAndRead, Deleted.Proved, crashes: true, inAnyOrder: 0),
        .. Nodes.Select(node => Of($"a write in order, {node} wiped", Write, Deleted.Proved, new Events(Wipe: node), inAnyOrder: 0)),
        Of("a write in order, a crash, the reaper crashes", Write, Deleted.Proved, new Events(CrashFirst: true), crashes: true, inAnyOrder: 0),
        Of("a read, then a write over it, in order", OverwriteAlone, Deleted.Proved, inAnyOrder: 0),
        Of("a write and a read in order, a hint is handed over", WriteAndRead, Deleted.Hinted, inAnyOrder: 0),
        Of("a read, a hint is handed over, the reaper crashes", Read, Deleted.Hinted, crashes: true),
        Of("nobody does anything, a hint is handed over", Nothing, Deleted.Hinted),
        Of("nobody does anything", Nothing, Deleted.Proved),
    ];

    /// <summary>What takes seconds to minutes each, the last one longer.</summary>
    public static IReadOnlyList<Exploring> Large { get; } =
    [
        Of("a write", Write, Deleted.Proved),
        .. Nodes.Select(node => Of($"a write and a read in order, {node} wiped", WriteAndRead, Deleted.Proved, new Events(Wipe: node), inAnyOrder: 0)),
        Of("a write, a hint is handed over", Write, Deleted.Hinted),
        Of("two writes in order", TwoWrites, Deleted.Proved, inAnyOrder: 0),
        Of("a read, then a write over it, and a write in order", OverwriteAndWrite, Deleted.Proved, inAnyOrder: 0),
        Of("two writes in order, a crash, the reaper crashes", TwoWrites, Deleted.Proved, new Events(CrashFirst: true), crashes: true, inAnyOrder: 0),
        Of("a write, a crash, the reaper crashes", Write, Deleted.Proved, new Events(CrashFirst: true), crashes: true),
    ];

    /// <summary>What notices that a rule is broken.</summary>
    public static Exploring Broken(Mutation mutation) =>
        new(mutation.ToString(), context => new ReapScenario(context, Read, Deleted.Hinted, mutation: mutation), InOrderLater: true);

    private static Exploring Of(string name, Act[][] acts, Deleted deleted, Events events = default, bool crashes = false, int inAnyOrder = int.MaxValue) =>
        new($"reaping: {name}", context => new ReapScenario(context, acts, deleted, events, crashes, inAnyOrder), InOrderLater: true);
}
