namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>Which interleavings of changes and reads of a strict register are explored.</summary>
internal static class StrictExplorations
{
    private static readonly string[] Nodes = ["r1n1", "r2n1", "r3n1"];
    private static readonly StrictAct[][] TwoChanges = [[StrictAct.Change], [StrictAct.Change]];
    private static readonly StrictAct[][] ChangeThenRead = [[StrictAct.Change, StrictAct.Read]];
    private static readonly StrictAct[][] ChangeAndRead = [[StrictAct.Change], [StrictAct.Read]];

    /// <summary>In each test run, the longest first. What is tried again after a pause goes on in one order of each coordinator's calls.</summary>
    public static IReadOnlyList<Exploring> Small { get; } =
    [
        Of("a change and a read, a crash", ChangeAndRead, new Events(CrashFirst: true)),
        Of("two changes in order, a crash, r3n1 votes again", TwoChanges, new Events(CrashFirst: true, Promote: "r3n1"), exists: true, inAnyOrder: 0),
        Of("two changes in order, r3n1 votes again", TwoChanges, new Events(Promote: "r3n1"), exists: true, inAnyOrder: 0),
        Of("two changes of a written register in order, a crash", TwoChanges, new Events(CrashFirst: true), exists: true, inAnyOrder: 0),
        Of("two changes of a written register in order", TwoChanges, exists: true, inAnyOrder: 0),
        Of("two changes in order, a crash", TwoChanges, new Events(CrashFirst: true), inAnyOrder: 0),
        Of("two changes in order", TwoChanges, inAnyOrder: 0),
        Of("two changes, then one more, in order, a crash", [[StrictAct.Change, StrictAct.Change], [StrictAct.Change]], new Events(CrashFirst: true), inAnyOrder: 0),
        Of("a change, then a read, and a change in order", [[StrictAct.Change, StrictAct.Read], [StrictAct.Change]], inAnyOrder: 0),
        .. Nodes.Select(node => Of($"two changes in order, a crash, {node} wiped", TwoChanges, new Events(CrashFirst: true, Wipe: node), inAnyOrder: 0)),
        .. Nodes.Select(node => Of($"two changes in order, {node} wiped", TwoChanges, new Events(Wipe: node), inAnyOrder: 0)),
        .. Nodes.Select(node => Of($"a change and a read of a written register in order, a crash, {node} wiped", ChangeAndRead, new Events(CrashFirst: true, Wipe: node), exists: true, inAnyOrder: 0)),
    ];

    /// <summary>What takes seconds to minutes each, the last one longer.</summary>
    public static IReadOnlyList<Exploring> Large { get; } =
    [
        Of("a change and a read of a written register, a crash", ChangeAndRead, new Events(CrashFirst: true), exists: true),
        Of("a change, then a read, r3n1 votes again", ChangeThenRead, new Events(Promote: "r3n1"), exists: true),
        .. Nodes.Select(node => Of($"a change, then a read, {node} wiped", ChangeThenRead, new Events(Wipe: node))),
        .. Nodes.Select(node => Of($"a change and a read, the second in order, a crash, {node} wiped", ChangeAndRead, new Events(CrashFirst: true, Wipe: node), inAnyOrder: 1)),
        Of("a change while r3n1 is refilled", [[StrictAct.Change]], new Events(Refill: "r3n1"), exists: true),
        Of("two changes in order while r3n1 is refilled", TwoChanges, new Events(Refill: "r3n1"), exists: true, inAnyOrder: 0),
        Of("two changes, the second in order, a crash", TwoChanges, new Events(CrashFirst: true), inAnyOrder: 1),
        Of("two changes, the second in order", TwoChanges, inAnyOrder: 1),
        Of("two changes of a written register, the second in order", TwoChanges, exists: true, inAnyOrder: 1),
        Of("two changes", TwoChanges),
    ];

    /// <summary>What notices that a rule is broken.</summary>
    public static Exploring Broken(Mutation mutation) => new(
        mutation.ToString(),
        context => mutation == Mutation.CountAmnesiac
            ? new StrictScenario(context, ChangeAndRead, new Events(Wipe: "r1n1"), inAnyOrder: 0, mutation: mutation)
            : new StrictScenario(context, TwoChanges, default, mutation: mutation),
        InOrderLater: true);

    private static Exploring Of(string name, StrictAct[][] acts, Events events = default, bool exists = false, int inAnyOrder = int.MaxValue) =>
        new($"strict: {name}", context => new StrictScenario(context, acts, events, exists, inAnyOrder), InOrderLater: true);
}
