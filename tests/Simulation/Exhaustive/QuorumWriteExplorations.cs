namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>Which interleavings of quorum writes and reads are explored.</summary>
internal static class QuorumWriteExplorations
{
    private static readonly string[] Nodes = ["r1n1", "r2n1", "r3n1"];
    private static readonly Act[][] WriteAndRead = [[Act.Write], [Act.Read]];
    private static readonly Act[][] TwoWrites = [[Act.Write], [Act.Write]];
    private static readonly Act[][] OverwriteAndRead = [[Act.Read, Act.Overwrite], [Act.Read]];
    private static readonly Act[][] TwoOverwrites = [[Act.Read, Act.Overwrite], [Act.Read, Act.Overwrite]];

    /// <summary>In each test run, the longest first. A crash at the very end is none, so what crashes covers what does not, but for what is tried again after a pause.</summary>
    public static IReadOnlyList<Exploring> Small { get; } =
    [
        Of("two writes, a crash", TwoWrites, new Events(CrashFirst: true)),
        Of("two overwrites, a crash", TwoOverwrites, new Events(CrashFirst: true), exists: true),
        Of("a write and a read, a crash, r1n1 wiped, late answers", WriteAndRead, new Events(CrashFirst: true, Wipe: "r1n1"), lateAnswers: true),
        Of("a write and a read, a crash, r2n1 wiped", WriteAndRead, new Events(CrashFirst: true, Wipe: "r2n1")),
        Of("a write and a read, a crash, r3n1 wiped", WriteAndRead, new Events(CrashFirst: true, Wipe: "r3n1")),
        Of("an overwrite and a read, a crash, r3n1 votes again", OverwriteAndRead, new Events(CrashFirst: true, Promote: "r3n1"), exists: true),
        Of("a write, a crash, r3n1 votes again", [[Act.Write]], new Events(CrashFirst: true, Promote: "r3n1"), exists: true),
        Of("an overwrite while r3n1 is refilled", [[Act.Read, Act.Overwrite]], new Events(Refill: "r3n1"), exists: true),
    ];

    /// <summary>What takes seconds to minutes each, the last one longer.</summary>
    public static IReadOnlyList<Exploring> Large { get; } =
    [
        .. Nodes.Select(node => Of($"two overwrites, {node} wiped", TwoOverwrites, new Events(Wipe: node), exists: true)),
        .. Nodes.Select(node => Of($"a write and a read, a crash, {node} wiped, late answers", WriteAndRead, new Events(CrashFirst: true, Wipe: node), lateAnswers: true)),
        .. Nodes.Select(node => Of($"two writes, {node} wiped", TwoWrites, new Events(Wipe: node))),
        Of("two overwrites, a crash, r1n1 wiped", TwoOverwrites, new Events(CrashFirst: true, Wipe: "r1n1"), exists: true),
        Of("a write, then a read, and a read, r1n1 wiped", [[Act.Write, Act.Read], [Act.Read]], new Events(Wipe: "r1n1")),
        Of("a write while r3n1 is refilled", [[Act.Write]], new Events(Refill: "r3n1"), exists: true),
        Of("a write and a read, a crash, r3n1 votes again", WriteAndRead, new Events(CrashFirst: true, Promote: "r3n1"), exists: true),
        Of("two writes, late answers", TwoWrites, default, lateAnswers: true),
        Of("two writes, a crash, r1n1 wiped", TwoWrites, new Events(CrashFirst: true, Wipe: "r1n1")),
        Of("a write and a read while r3n1 is refilled", WriteAndRead, new Events(Refill: "r3n1"), exists: true),
    ];

    /// <summary>What notices that a rule is broken.</summary>
    public static Exploring Broken(Mutation mutation) => new(
        mutation.ToString(),
        context => mutation == Mutation.CountAmnesiac
            ? new QuorumWriteScenario(context, WriteAndRead, new Events(CrashFirst: true, Wipe: "r1n1"), mutation: mutation)
            : new QuorumWriteScenario(context, TwoWrites, default, mutation: mutation));

    private static Exploring Of(string name, Act[][] acts, Events events, bool exists = false, bool lateAnswers = false) =>
        new(name, context => new QuorumWriteScenario(context, acts, events, exists), lateAnswers);
}
