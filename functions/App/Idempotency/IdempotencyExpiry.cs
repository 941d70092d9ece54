using Microsoft.Azure.Functions.Worker;
using Serverless.Replication;

namespace Serverless.Idempotency;

/// <summary>
/// Deletes the registers of keys whose answers have been kept long enough, in the partitions whose first healthy owner this region looks after. What was deleted is reaped as any deleted key is.
/// Bounded by its token and <see cref="MostKeys"/>; it begins at a random partition, so what one run leaves another finds. Runs may overlap: a register is deleted only if it has expired by
/// what it holds at that moment.
/// </summary>
public sealed class IdempotencyExpiry
{
    /// <summary>Keys deleted in one run: 100,000, an hour's at 28 a second in one region. The next run goes on.</summary>
    public const int MostKeys = 100_000;

    private const int PartitionsAtOnce = 4;

    private readonly ClusterViews _views;
    private readonly StampDuties _duties;
    private readonly KeyRegisters _keys;
    private readonly Random _random;

    internal IdempotencyExpiry(ClusterViews views, StampDuties duties, KeyRegisters keys, Random random) => (_views, _duties, _keys, _random) = (views, duties, keys, random);

    /// <summary>How many keys were deleted, of what the nodes told that answered.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (await _views.GetAsync(cancellationToken) is not { } view)
            return 0;
        var (isOurs, first, deleted) = (await _duties.NowAsync(view, cancellationToken), _random.Next(view.Ring.Partitions), 0);
        var led = Enumerable.Range(0, view.Ring.Partitions).Select(i => (first + i) % view.Ring.Partitions)
            .Select(partition => (Name: PartitionNames.Of(partition), Leader: AntiEntropy.LeaderOf(view, partition)))
            .Where(p => p.Leader is { } leader && isOurs(leader));
        foreach (var some in led.Chunk(PartitionsAtOnce))
        {
            if (deleted >= MostKeys || cancellationToken.IsCancellationRequested)
                break;
            deleted += (await Task.WhenAll(some.Select(p => ExpireAsync(p.Leader!, p.Name, cancellationToken)))).Sum();
        }

        return deleted;
    }

    private async Task<int> ExpireAsync(Node node, string partition, CancellationToken cancellationToken)
    {
        var deleted = 0;
        await KeyRows.ForEachPageAsync(node.Replica, partition, KeyedRequest.Space + ".", async page =>
        {
            foreach (var row in page)
            {
                if (ReplicaKey.FromRow(row.Name) is not { Space: KeyedRequest.Space } register)
                    return false;
                if (_keys.HasExpired(ReplicaRowCodec.TryDecode(row.Data)?.Register?.Value) && await _keys.ExpireAsync(register, cancellationToken))
                    deleted++;
            }

            return deleted < MostKeys && !cancellationToken.IsCancellationRequested;
        }, cancellationToken);
        return deleted;
    }
}

/// <summary>The room's timer.</summary>
public sealed class IdempotencyTimers(IdempotencyExpiry expiry)
{
    [Function("idempotency-expiry")]
    public Task Expire([TimerTrigger("0 37 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => expiry.RunAsync(cancellationToken);
}
