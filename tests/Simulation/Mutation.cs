using Serverless.Ids;
using Serverless.Limits;
using Serverless.Replication;

namespace Serverless.Tests.Simulation;

/// <summary>A rule of the code that is broken on purpose: the laws must catch it, or they prove nothing.</summary>
internal enum Mutation
{
    None,

    /// <summary>A hint is acknowledged but not kept.</summary>
    DropHint,

    /// <summary>A row that is written forgets the last dot of its context, and the version with it.</summary>
    ForgetDot,

    /// <summary>Rows issue dots under the same actor again and again: nodes keep their incarnation, and rows their epoch, whatever was lost.</summary>
    ReuseActor,

    /// <summary>A change is made without its row in the commit log.</summary>
    SkipLogRow,

    /// <summary>What an acceptor promises is not stored.</summary>
    ForgetPromise,

    /// <summary>A node that lost its state counts at once, as if it had not.</summary>
    CountAmnesiac,

    /// <summary>Deleted keys are forgotten at any age, and whatever hints wait.</summary>
    ReapWithoutAge,

    /// <summary>While a change of membership is joint, clients' operations count the owners after it alone.</summary>
    ForgetJointEpoch,

    /// <summary>What a worker reserves is not stored.</summary>
    ForgetReservation,

    /// <summary>A swap of a worker's row or a sequence's whose answer was lost counts as done.</summary>
    TrustLostAnswer,

    /// <summary>High-water marks are acknowledged but not kept.</summary>
    DropMark,

    /// <summary>What an instance takes ahead of a limit is not stored.</summary>
    ForgetHold,

    /// <summary>A swap of a subject's row whose answer was lost, or that was refused, counts as done.</summary>
    TrustLostCount,

    /// <summary>When a subject is divided, only its first part remembers what was used.</summary>
    ForgetPart,

    /// <summary>A home that is new counts as if it had always been there.</summary>
    ForgetOpening,
}

/// <summary>Breaks one rule where the code learns of the membership.</summary>
internal static class MutatedMembership
{
    /// <summary>As if the ring after a move were in force from the beginning (<see cref="Mutation.ForgetJointEpoch"/>).</summary>
    public static ClusterDocument? WithoutJointEpoch(ClusterDocument? document) =>
        document?.Move is { Phase: MovePhase.Joint } move ? document with { Move = move with { Phase = MovePhase.Dropping } } : document;
}

/// <summary>Breaks one rule where the code meets storage.</summary>
internal sealed class MutatedReplica(IReplica inner, Mutation mutation) : IReplica
{
    public async Task<RowRead> ReadAsync(string partition, string row, CancellationToken cancellationToken) =>
        await inner.ReadAsync(partition, row, cancellationToken) is var read && read is RowRead.Found(var found) ? new RowRead.Found(Aged(found)) : read;

    public async Task<RowList> ListAsync(string partition, string from, string to, int limit, CancellationToken cancellationToken)
    {
        if (await inner.ListAsync(partition, from, to, limit, cancellationToken) is var list && list is not RowList.Page(var rows))
            return list;
        var asksForOnePartition = partition.StartsWith("hints.", StringComparison.Ordinal) && to.EndsWith('/');
        return new RowList.Page(mutation == Mutation.ReapWithoutAge && asksForOnePartition ? [] : [.. rows.Select(Aged)]);
    }

    public async Task<RowCommit> CommitAsync(string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        if (mutation == Mutation.DropHint && partition.StartsWith("hints.", StringComparison.Ordinal) && changes[0] is not RowChange.Delete)
            return Done(changes);
        if (mutation == Mutation.DropMark && changes.Any(change => change.Row.StartsWith("ids.", StringComparison.Ordinal)))
            return Done(changes);
        if (mutation == Mutation.ForgetPromise && changes is [var alone] && IsPromise(alone))
            return Done(changes);
        var outcome = await inner.CommitAsync(partition, [.. changes.Where(Passes).Select(Change)], cancellationToken);
        if (mutation == Mutation.TrustLostCount && outcome is RowCommit.Uncertain or RowCommit.Refused && IsSubject(changes[0]))
            return Done(changes);
        return mutation == Mutation.TrustLostAnswer && outcome is RowCommit.Uncertain && (IsWorker(changes[0]) || changes[0].Row == "0.segment") ? Done(changes) : outcome;
    }

    private Row Aged(Row row) => mutation == Mutation.ReapWithoutAge && ReplicaKey.FromRow(row.Name) is not null ? row with { Written = default } : row;

    private static RowCommit.Done Done(IReadOnlyList<RowChange> changes) => new([.. changes.Select(_ => "1")]);

    // Nothing that trees cover changes with a promise, so it is made without a row in the log.
    private static bool IsPromise(RowChange change) => change switch
    {
        RowChange.Insert(var row, var data) => ReplicaKey.FromRow(row) is not null && ReplicaRowCodec.TryDecode(data)?.Register is not null,
        RowChange.Replace(var row, var data, _) => ReplicaKey.FromRow(row) is not null && ReplicaRowCodec.TryDecode(data)?.Register is not null,
        _ => false,
    };

    private static bool IsWorker(RowChange change) => change.Row.StartsWith("0.worker.", StringComparison.Ordinal);

    private static bool IsSubject(RowChange change) => change.Row.StartsWith("limits.", StringComparison.Ordinal) || IsPart(change);

    private static bool IsPart(RowChange change) => change.Row.StartsWith("0.part.", StringComparison.Ordinal);

    private bool Passes(RowChange change) => mutation != Mutation.SkipLogRow || !change.Row.StartsWith(LogRow.First, StringComparison.Ordinal);

    private RowChange Change(RowChange change) => mutation switch
    {
        Mutation.ForgetDot when change is RowChange.Replace(var row, var data, var etag) && ReplicaKey.FromRow(row) is not null => new RowChange.Replace(row, Forget(data), etag),
        Mutation.ForgetReservation when IsWorker(change) => change switch
        {
            RowChange.Replace(var row, var data, var etag) => new RowChange.Replace(row, Unreserved(data), etag),
            RowChange.Insert(var row, var data) => new RowChange.Insert(row, Unreserved(data)),
            _ => change,
        },
        Mutation.ForgetHold when IsSubject(change) => change switch
        {
            RowChange.Replace(var row, var data, var etag) => new RowChange.Replace(row, WithoutHolds(data), etag),
            RowChange.Insert(var row, var data) => new RowChange.Insert(row, WithoutHolds(data)),
            _ => change,
        },
        Mutation.ForgetPart when change is RowChange.Insert(var row, var data) && IsPart(change) =>
            new RowChange.Insert(row, (SubjectRow.FromJson(data)! with { Limits = [] }).ToJson()),
        Mutation.ForgetOpening when change is RowChange.Insert(var row, _) && row.StartsWith("0.opened.", StringComparison.Ordinal) =>
            new RowChange.Insert(row, "{\"since\":0}"u8.ToArray()),
        _ => change,
    };

    private static byte[] WithoutHolds(ReadOnlyMemory<byte> data)
    {
        var row = SubjectRow.FromJson(data)!;
        return (row with { Limits = [.. row.Limits.Select(limit => limit with { State = limit.State with { Holds = [] } })] }).ToJson();
    }

    private static byte[] Unreserved(ReadOnlyMemory<byte> data) => RowJson.Encode(RowJson.TryDecode<WorkerRow>(data)! with { ReservedUntil = 0 });

    private static ReadOnlyMemory<byte> Forget(ReadOnlyMemory<byte> data)
    {
        var row = ReplicaRowCodec.Decode(data);
        if (row.Set.Versions.Length < 2)
            return data;
        var kept = row.Set.Versions[..^1];
        return ReplicaRowCodec.Encode(row with { Set = new VersionSet(row.Set.Context, kept) });
    }
}
