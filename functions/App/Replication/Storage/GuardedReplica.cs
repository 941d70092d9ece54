namespace Serverless.Replication;

/// <summary>
/// A replica behind its health: each call has a time limit, a call to a node that is down fails at once, and every outcome is
/// recorded. A commit that ran out of time is uncertain; one that was never sent is not.
/// </summary>
internal sealed class GuardedReplica(IReplica inner, NodeHealth health, TimeProvider clock, TimeSpan limit, Action onTableMissing) : IReplica
{
    private const string Down = "down";
    private const string Timeout = "timeout";

    // A page of rows is many rows.
    private const int ListFactor = 10;

    public async Task<RowRead> ReadAsync(string partition, string row, CancellationToken cancellationToken) =>
        await CallAsync(
            token => inner.ReadAsync(partition, row, token),
            answer => answer is not RowRead.Unavailable(var reason) || IsWell(reason), new RowRead.Unavailable(Down), new RowRead.Unavailable(Timeout), cancellationToken);

    public async Task<RowCommit> CommitAsync(string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken) =>
        await CallAsync(
            token => inner.CommitAsync(partition, changes, token),
            answer => answer is RowCommit.Done or RowCommit.Refused || (answer is RowCommit.Unavailable(var reason) && IsWell(reason)), new RowCommit.Unavailable(Down), new RowCommit.Uncertain(Timeout), cancellationToken);

    public async Task<RowList> ListAsync(string partition, string from, string to, int rows, CancellationToken cancellationToken) =>
        await CallAsync(
            token => inner.ListAsync(partition, from, to, rows, token),
            answer => answer is not RowList.Unavailable(var reason) || IsWell(reason), new RowList.Unavailable(Down), new RowList.Unavailable(Timeout), cancellationToken, ListFactor);

    // A table that is gone means another incarnation: the view is out of date. A request that no node would accept is no failure of this one.
    private bool IsWell(string reason)
    {
        if (reason == TableReplica.TableMissing)
            onTableMissing();
        return reason == TableReplica.Unacceptable;
    }

    private async Task<T> CallAsync<T>(
        Func<CancellationToken, Task<T>> call, Func<T, bool> isAnswer, T down, T timeout, CancellationToken cancellationToken, int factor = 1)
    {
        if (!health.TryEnter())
            return down;

        var startedAt = clock.GetTimestamp();
        using var timer = new CancellationTokenSource(limit * factor, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        T answer;
        try
        {
            answer = await call(either.Token);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Out of time, or anything a client library throws, such as a credential that cannot be had: the node did not answer.
            answer = timeout;
        }

        if (isAnswer(answer))
            health.Answered(startedAt);
        else if (!cancellationToken.IsCancellationRequested)
            health.Failed();
        return answer;
    }
}
