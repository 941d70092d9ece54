using Serverless.Replication;

namespace Serverless.Bench.Repair;

/// <summary>Counts the calls, and the rows that they read and write. A read of a row that is not there counts as one row.</summary>
internal sealed class CountingReplica(IReplica inner, Traffic traffic) : IReplica
{
    public async Task<RowRead> ReadAsync(string partition, string row, CancellationToken cancellationToken)
    {
        traffic.Add(read: 1);
        return await inner.ReadAsync(partition, row, cancellationToken);
    }

    public async Task<RowCommit> CommitAsync(string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        traffic.Add(written: changes.Count);
        return await inner.CommitAsync(partition, changes, cancellationToken);
    }

    public async Task<RowList> ListAsync(string partition, string from, string to, int limit, CancellationToken cancellationToken)
    {
        var list = await inner.ListAsync(partition, from, to, limit, cancellationToken);
        traffic.Add(read: list is RowList.Page(var rows) ? rows.Count : 0);
        return list;
    }
}

/// <summary>What passed the seam so far. Thread-safe.</summary>
internal sealed class Traffic
{
    private long _read;
    private long _written;
    private long _calls;

    public long Read => Interlocked.Read(ref _read);

    public long Written => Interlocked.Read(ref _written);

    public long Calls => Interlocked.Read(ref _calls);

    public void Add(int read = 0, int written = 0)
    {
        Interlocked.Increment(ref _calls);
        Interlocked.Add(ref _read, read);
        Interlocked.Add(ref _written, written);
    }

    public void Clear()
    {
        Interlocked.Exchange(ref _read, 0);
        Interlocked.Exchange(ref _written, 0);
        Interlocked.Exchange(ref _calls, 0);
    }
}
