using Serverless.Replication;

namespace Serverless.Tests.Replication;

/// <summary>Whatever table a node has by the time of each call; null: the table is gone.</summary>
internal sealed class LatestReplica(Func<IReplica?> table) : IReplica
{
    public Task<RowRead> ReadAsync(string partition, string row, CancellationToken cancellationToken) =>
        table()?.ReadAsync(partition, row, cancellationToken) ?? Task.FromResult<RowRead>(new RowRead.Unavailable(TableReplica.TableMissing));

    public Task<RowCommit> CommitAsync(string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken) =>
        table()?.CommitAsync(partition, changes, cancellationToken) ?? Task.FromResult<RowCommit>(new RowCommit.Unavailable(TableReplica.TableMissing));

    public Task<RowList> ListAsync(string partition, string from, string to, int limit, CancellationToken cancellationToken) =>
        table()?.ListAsync(partition, from, to, limit, cancellationToken) ?? Task.FromResult<RowList>(new RowList.Unavailable(TableReplica.TableMissing));
}
