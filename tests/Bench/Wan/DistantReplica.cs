using Serverless.Replication;

namespace Serverless.Bench.Wan;

/// <summary>A node in another region: every call takes one round trip longer.</summary>
internal sealed class DistantReplica(IReplica inner, TimeSpan roundTrip) : IReplica
{
    public Task<RowRead> ReadAsync(string partition, string row, CancellationToken cancellationToken) =>
        TravelAsync(() => inner.ReadAsync(partition, row, cancellationToken), cancellationToken);

    public Task<RowCommit> CommitAsync(string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken) =>
        TravelAsync(() => inner.CommitAsync(partition, changes, cancellationToken), cancellationToken);

    public Task<RowList> ListAsync(string partition, string from, string to, int limit, CancellationToken cancellationToken) =>
        TravelAsync(() => inner.ListAsync(partition, from, to, limit, cancellationToken), cancellationToken);

    private async Task<T> TravelAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        await Task.Delay(roundTrip / 2, TimeProvider.System, cancellationToken);
        var answer = await call();
        await Task.Delay(roundTrip / 2, TimeProvider.System, cancellationToken);
        return answer;
    }
}
