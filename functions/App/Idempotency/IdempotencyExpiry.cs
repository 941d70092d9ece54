using Microsoft.Azure.Functions.Worker;
using Serverless.Replication;

namespace Serverless.Idempotency;

/// <summary>Deletes the registers of keys whose answers have been kept long enough: a register is deleted only if it has expired by what it holds at that moment.</summary>
public sealed class IdempotencyExpiry
{
    /// <summary>Keys deleted in one run: 100,000, an hour's at 28 a second in one region. The next run goes on.</summary>
    public const int MostKeys = 100_000;

    private readonly KeyExpiry _expiry;
    private readonly KeyRegisters _keys;

    internal IdempotencyExpiry(KeyExpiry expiry, KeyRegisters keys) => (_expiry, _keys) = (expiry, keys);

    /// <summary>How many keys were deleted, of what the nodes told that answered.</summary>
    public Task<int> RunAsync(CancellationToken cancellationToken) => _expiry.RunAsync(
        KeyedRequest.Space, MostKeys, async (register, value) => _keys.HasExpired(value) && await _keys.ExpireAsync(register, cancellationToken), cancellationToken);
}

/// <summary>The room's timer.</summary>
public sealed class IdempotencyTimers(IdempotencyExpiry expiry)
{
    [Function("idempotency-expiry")]
    public Task Expire([TimerTrigger("0 37 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => expiry.RunAsync(cancellationToken);
}
