using Serverless.Replication;
using Serverless.Tests.Replication;

namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>One table of one node as one coordinator reaches it: each call is a step, and touches the rows that it names.</summary>
/// <param name="context">Where steps wait.</param>
/// <param name="owner">The coordinator.</param>
/// <param name="node">The node's id.</param>
/// <param name="table">The table; null once it is gone.</param>
/// <param name="stored">Told of every change that was made.</param>
/// <param name="keysOnly">
/// Whether only calls that read, list or change rows of keys or hints are steps; all others (leases, records, logs, trees) happen at once, within
/// the step before them, and what they touch counts as touched by it. Default: all calls are steps.
/// </param>
internal sealed class SteppingReplica(
    SteppedContext context, int owner, string node, Func<MemoryReplica?> table, Action<RowChange> stored, bool keysOnly = false) : IReplica
{
    public Task<RowRead> ReadAsync(string partition, string row, CancellationToken cancellationToken) =>
        CallAsync<RowRead>(IsOfKey(row), $"{node} read {row}", async () =>
        {
            if (Table() is not { } rows)
                return new RowRead.Unavailable(TableReplica.TableMissing);
            context.Touched(Row(partition, row), Touch.Read);
            return await rows.ReadAsync(partition, row, CancellationToken.None);
        });

    // A refused commit only read. Rows of the commit log have names of their own: only lists notice them.
    public Task<RowCommit> CommitAsync(string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken) =>
        CallAsync<RowCommit>(changes.Any(change => IsOfKey(change.Row)), $"{node} {changes[0].GetType().Name} {changes[0].Row}", async () =>
        {
            if (Table() is not { } rows)
                return new RowCommit.Unavailable(TableReplica.TableMissing);
            var outcome = await rows.CommitAsync(partition, changes, CancellationToken.None);
            var done = outcome is RowCommit.Done;
            foreach (var change in changes)
                context.Touched(Row(partition, change.Row), done ? Touch.Write : Touch.Read);
            if (!done)
                return outcome;
            context.Touched(Rows(partition), Touch.Add);
            foreach (var change in changes)
                stored(change);
            return outcome;
        });

    public Task<RowList> ListAsync(string partition, string from, string to, int limit, CancellationToken cancellationToken) =>
        CallAsync<RowList>(ListsKeys(partition, from), $"{node} list {partition} from {from}", async () =>
        {
            if (Table() is not { } rows)
                return new RowList.Unavailable(TableReplica.TableMissing);
            context.Touched(Rows(partition), Touch.Read);
            return await rows.ListAsync(partition, from, to, limit, CancellationToken.None);
        });

    private Task<T> CallAsync<T>(bool isOfKeys, string label, Func<Task<T>> answer) =>
        isOfKeys || !keysOnly ? context.AskAsync(owner, label, answer) : context.AnswerAtOnceAsync(owner, answer);

    private static bool IsOfKey(string row) => (ReplicaKey.FromRow(row) ?? HintNames.Parse(row)?.Key) is not null;

    // Of one partition, owned or of hints; rows that are no keys begin with "0.".
    private static bool ListsKeys(string partition, string from) =>
        (partition == PartitionNames.Of(0) || partition.StartsWith("hints.", StringComparison.Ordinal)) && !from.StartsWith("0.", StringComparison.Ordinal);

    private MemoryReplica? Table()
    {
        context.Touched(node, Touch.Read);
        return table();
    }

    private string Rows(string partition) => $"{node}/{partition}";

    private string Row(string partition, string row) => $"{node}/{partition}/{row}";
}
