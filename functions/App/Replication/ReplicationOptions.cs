using System.ComponentModel.DataAnnotations;

namespace Serverless.Replication;

/// <summary>Configuration section "Replication".</summary>
public sealed class ReplicationOptions
{
    public const string Section = "Replication";

    /// <summary>Partitions of a new cluster: 16 to 65,536, default 256. Fixed once the cluster exists.</summary>
    [Range(16, 65_536)]
    public int Partitions { get; set; } = 256;

    /// <summary>N, copies kept of each key: 1 to 7, default 3. Fixed once the cluster exists.</summary>
    [Range(1, 7)]
    public int Copies { get; set; } = 3;

    /// <summary>R, replicas that must answer a read unless it says otherwise: 1 to N, default 2.</summary>
    [Range(1, 7)]
    public int ReadQuorum { get; set; } = 2;

    /// <summary>W, replicas that must hold a write before it is acknowledged unless it says otherwise: 1 to N, default 2.</summary>
    [Range(1, 7)]
    public int WriteQuorum { get; set; } = 2;

    /// <summary>One call to one node, in milliseconds: 50 to 30,000, default 1,000.</summary>
    [Range(50, 30_000)]
    public int CallMilliseconds { get; set; } = 1_000;

    /// <summary>One whole operation, in milliseconds: 100 to 60,000, default 5,000.</summary>
    [Range(100, 60_000)]
    public int OperationMilliseconds { get; set; } = 5_000;

    /// <summary>Concurrent versions of a key above which the coordinator refuses a write: 1 to 48, default 32. Times the copies, so many values of 8 KiB still fit one row.</summary>
    [Range(1, 48)]
    public int MaxSiblings { get; set; } = 32;

    /// <summary>Keys whose rows this instance remembers between writes: 0 to 1,000,000, default 10,000.</summary>
    [Range(0, 1_000_000)]
    public int RememberedKeys { get; set; } = 10_000;

    /// <summary>How long a view of the cluster is used before it is read again, in seconds: 1 to 30, default 30.</summary>
    [Range(1, 30)]
    public int ViewSeconds { get; set; } = 30;

    /// <summary>
    /// How long after a change of the membership nobody acts any more on what was in force before it, in seconds: 2 to 600, default 90. Refilling, moving and
    /// dropping data wait for it. At least <see cref="ViewSeconds"/> and <see cref="OperationMilliseconds"/> together; the same on all instances.
    /// </summary>
    [Range(2, 600)]
    public int SettleSeconds { get; set; } = 90;

    /// <summary>
    /// The share of its time that a mover works, in percent: 1 to 100, default 75. After each step it rests, so that clients have the nodes to themselves meanwhile: background work
    /// takes slices that leave the foreground its speed (Dynamo, section 6.5).
    /// </summary>
    [Range(1, 100)]
    public int MovePercent { get; set; } = 75;

    /// <summary>Hints that one node keeps for one owner: 0 to 1,000,000, default 10,000. Beyond it the owner is flagged for full repair.</summary>
    [Range(0, 1_000_000)]
    public int MaxHints { get; set; } = 10_000;

    /// <summary>Hints handed over to one owner per second by one node: 1 to 10,000, default 200.</summary>
    [Range(1, 10_000)]
    public int HintsPerSecond { get; set; } = 200;

    /// <summary>How often each partition is compared, in minutes: 5 to 1,440, default 5. The timer fires every five.</summary>
    [Range(5, 1_440)]
    public int RepairMinutes { get; set; } = 5;

    /// <summary>
    /// How long a deleted key is remembered before it may be forgotten, in minutes: 2 to 44,640, default 1,440. More than <see cref="SettleSeconds"/>. A backup older
    /// than this brings back what was deleted since, and so does a node that comes back with what it held then.
    /// </summary>
    [Range(2, 44_640)]
    public int ReapMinutes { get; set; } = 1_440;

    /// <summary>Checks across fields; null when all is well, else a sentence.</summary>
    public string? Problem() =>
        ReadQuorum > Copies ? $"Replication:ReadQuorum is {ReadQuorum}, but there are only {Copies} copies (Replication:Copies)."
        : WriteQuorum > Copies ? $"Replication:WriteQuorum is {WriteQuorum}, but there are only {Copies} copies (Replication:Copies)."
        : ReadQuorum + WriteQuorum <= Copies
            ? $"Replication: ReadQuorum {ReadQuorum} plus WriteQuorum {WriteQuorum} must be more than Copies {Copies}, or a read may miss an acknowledged write."
        : SettleSeconds * 1_000L < ViewSeconds * 1_000L + OperationMilliseconds
            ? $"Replication:SettleSeconds {SettleSeconds} must be at least ViewSeconds {ViewSeconds} plus OperationMilliseconds {OperationMilliseconds}, or data would be moved while somebody still writes to where it was."
        : ReapMinutes * 60 <= SettleSeconds
            ? $"Replication:ReapMinutes {ReapMinutes} must be longer than SettleSeconds {SettleSeconds}, or a deleted key would be forgotten while somebody still writes what it deleted."
        : MaxSiblings * Copies * Version.InlineLimit > ReplicaRowCodec.MostBytes - ReplicaRowCodec.MostOverhead
            ? $"Replication:MaxSiblings {MaxSiblings} times Copies {Copies} values of {Version.InlineLimit} bytes do not fit a row: what the sides of a partition took could not be merged."
        : CallMilliseconds >= OperationMilliseconds
            ? $"Replication:CallMilliseconds {CallMilliseconds} must be less than OperationMilliseconds {OperationMilliseconds}, or no other node could be asked in time."
        : null;
}
