using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Serverless.Ids;

/// <summary>
/// Issues snowflakes on this instance: leases a worker id at first use, renews it by use in the background, and takes another when it was lost. Ids are unique among all
/// instances and regions, and each is greater than all that this instance issued before. Thread-safe.
/// </summary>
public sealed partial class SnowflakeSource : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan OperationLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ChangeLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly WorkerLeases _leases;
    private readonly SnowflakeLayout _layout;
    private readonly IdsOptions _options;
    private readonly IdsMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<SnowflakeSource> _logger;
    private readonly TimeSpan _renewAfter;
    private readonly Lock _lock = new();
    private HeldWorker? _held;
    private Task<IdRefusal?> _changing = Task.FromResult<IdRefusal?>(null);
    private long? _failedAt;
    private bool _disposed;

    internal SnowflakeSource(
        WorkerLeases leases, SnowflakeLayout layout, IOptions<IdsOptions> options, IdsMetrics metrics, TimeProvider clock, ILogger<SnowflakeSource> logger)
    {
        (_leases, _layout, _options, _metrics, _clock, _logger) = (leases, layout, options.Value, metrics, clock, logger);
        _renewAfter = TimeSpan.FromSeconds(_options.LeaseSeconds) / 6;
    }

    /// <summary>The lease that it issues by; null before the first id.</summary>
    internal WorkerLease? Lease => Volatile.Read(ref _held)?.Lease;

    /// <summary>The next id, at once; false when it is not to be had without waiting: <see cref="FillAsync"/> waits.</summary>
    public bool TryNext(out Snowflake id)
    {
        if (Volatile.Read(ref _held) is { } held && (held.Generator.TryNext(out id) || (Extend(1) && held.Generator.TryNext(out id))))
            return true;
        id = default;
        return false;
    }

    /// <summary>Fills <paramref name="ids"/>, in order. Null when it did; else why not, and what was taken by then is never issued.</summary>
    public async ValueTask<IdRefusal?> FillAsync(Memory<Snowflake> ids, CancellationToken cancellationToken)
    {
        var (left, some, startedAt) = (ids, _layout.PerMillisecond, _clock.GetTimestamp());
        while (left.Length > 0)
        {
            some = Math.Min(some, left.Length);
            if (TryFill(left.Span[..some]))
            {
                (left, some) = (left[some..], _layout.PerMillisecond);
                continue;
            }

            var waited = _clock.GetElapsedTime(startedAt);
            if (waited > OperationLimit)
                return IdRefusal.Unavailable.Instance;
            if (!Extend(1))
            {
                if (await ChangedAsync(OperationLimit - waited, cancellationToken) is { } refusal)
                    return refusal;
                if (!Extend(1))
                    return IdRefusal.Unavailable.Instance;
            }
            else if (some > 1)
            {
                // There may be room now, or for fewer.
                some /= 2;
            }
            else
            {
                await Task.Delay(Tick, _clock, cancellationToken);
            }
        }

        _metrics.Issued("snowflake", ids.Length);
        return null;
    }

    /// <summary>Issues nothing any more, and gives the worker id back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Close() is not { } held)
            return;
        var until = _layout.MillisecondsOf(held.Generator.Close() - 1) + 1;
        using var limit = new CancellationTokenSource(ReleaseLimit, _clock);
        await _leases.ReleaseAsync(held.Lease, until, limit.Token);
    }

    /// <summary>Issues nothing any more; the worker id is free when its lease ends.</summary>
    public void Dispose() => Close()?.Generator.Close();

    private HeldWorker? Close()
    {
        lock (_lock)
        {
            var held = _held;
            (_disposed, _held) = (true, null);
            return held;
        }
    }

    private bool TryFill(Span<Snowflake> ids) => Volatile.Read(ref _held) is { } held && held.Generator.TryFill(ids);

    // Lets the generator go on if it may, and renews the lease in the background when that is due. False when nothing is left that is reserved.
    private bool Extend(int count)
    {
        lock (_lock)
        {
            if (_held is not { } held)
                return false;
            var may = held.Extend(count);
            if (_clock.GetElapsedTime(held.RenewedAt) >= _renewAfter)
                _ = ChangeAsync();
            return may;
        }
    }

    private async Task<IdRefusal?> ChangedAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return await ChangeAsync().WaitAsync(limit, _clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            return IdRefusal.Unavailable.Instance;
        }
    }

    // One at a time, for everybody; after one that failed the next waits a moment.
    private Task<IdRefusal?> ChangeAsync()
    {
        lock (_lock)
        {
            var isOver = _changing.IsCompleted && (_failedAt is not { } failedAt || _clock.GetElapsedTime(failedAt) >= PauseAfterFailure);
            return isOver ? _changing = RunChangeAsync() : _changing;
        }
    }

    private async Task<IdRefusal?> RunChangeAsync()
    {
        using var limit = new CancellationTokenSource(ChangeLimit, _clock);
        IdRefusal? refusal;
        try
        {
            refusal = await LeaseAsync(limit.Token);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            if (failure is not (OperationCanceledException or ObjectDisposedException))
                LogFailure(failure);
            refusal = IdRefusal.Unavailable.Instance;
        }

        lock (_lock)
            _failedAt = refusal is null ? null : _clock.GetTimestamp();
        return refusal;
    }

    private async Task<IdRefusal?> LeaseAsync(CancellationToken cancellationToken)
    {
        var (held, from) = Standing();
        var result = held is null ? LeaseResult.Lost.Instance : await _leases.RenewAsync(held.Lease, from, cancellationToken);
        if (result is LeaseResult.Lost)
        {
            if (held is not null)
                _metrics.LeaseLost();
            (_, from) = Standing();
            result = await _leases.AcquireAsync(from, cancellationToken);
        }

        if (result is not LeaseResult.Held(var lease))
            return ((LeaseResult.Refused)result).Why;
        if (Keep(lease))
            return null;
        await _leases.ReleaseAsync(lease, lease.Row.Owner == held?.Lease.Row.Owner ? lease.Row.ReservedUntil : lease.From, cancellationToken);
        throw new ObjectDisposedException(nameof(SnowflakeSource));
    }

    // Read together: what a closed generator would issue next is not where the next one should begin.
    private (HeldWorker? Held, long From) Standing()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return (_held, _held?.NextMilliseconds ?? 0);
        }
    }

    // False when it came too late.
    private bool Keep(WorkerLease lease)
    {
        lock (_lock)
        {
            if (_disposed)
                return false;
            if (_held is { } held && held.Lease.Row.Owner == lease.Row.Owner)
            {
                held.Renewed(lease);
                held.Extend(1);
                return true;
            }

            // The old worker issues nothing from here on, so that the new one begins above all its ids.
            var from = _held is { } old ? Math.Max(lease.From, _layout.MillisecondsOf(old.Generator.Close() - 1) + 1) : lease.From;
            var next = new HeldWorker(lease, from, _layout, _options.BorrowMilliseconds, _clock);
            next.Extend(1);
            Volatile.Write(ref _held, next);
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A worker id could neither be leased nor renewed")]
    private partial void LogFailure(Exception failure);
}
