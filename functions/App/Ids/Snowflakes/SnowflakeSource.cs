using Microsoft.Extensions.Options;

namespace Serverless.Ids;

/// <summary>
/// Issues snowflakes on this instance: leases a worker id at first use, renews it by use in the background, and takes another when it was lost. Ids are unique among all
/// instances and regions, and each is greater than all that this instance issued before. Thread-safe.
/// </summary>
public sealed class SnowflakeSource : IAsyncDisposable
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
    private readonly TimeSpan _renewAfter;
    private readonly Lock _lock = new();
    private HeldWorker? _held;
    private Task<IdRefusal?> _changing = Task.FromResult<IdRefusal?>(null);
    private long _failedAt;
    private bool _disposed;

    internal SnowflakeSource(WorkerLeases leases, SnowflakeLayout layout, IOptions<IdsOptions> options, IdsMetrics metrics, TimeProvider clock)
    {
        (_leases, _layout, _options, _metrics, _clock) = (leases, layout, options.Value, metrics, clock);
        _renewAfter = TimeSpan.FromSeconds(_options.LeaseSeconds) / 6;
    }

    /// <summary>The datacenter and worker that this instance issues as; null before the first id.</summary>
    public (int Datacenter, int Worker)? Worker => Volatile.Read(ref _held) is { Lease: var lease } ? (lease.Datacenter, lease.Worker) : null;

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
        var count = ids.Length;
        var startedAt = _clock.GetTimestamp();
        while (ids.Length > 0)
        {
            var some = ids[..Math.Min(ids.Length, _layout.PerMillisecond)];
            if (TryFill(some.Span))
            {
                ids = ids[some.Length..];
                continue;
            }

            if (Extend(some.Length))
            {
                // Ahead of the clock as far as it may: it need only wait, unless there is room now.
                if (TryFill(some.Span))
                    ids = ids[some.Length..];
                else
                    await Task.Delay(Tick, _clock, cancellationToken);
            }
            else if (await ChangeAsync().WaitAsync(cancellationToken) is { } refusal)
            {
                return refusal;
            }

            if (_clock.GetElapsedTime(startedAt) > OperationLimit)
                return IdRefusal.Unavailable.Instance;
        }

        _metrics.Issued("snowflake", count);
        return null;
    }

    /// <summary>Issues nothing any more, and gives the worker id back.</summary>
    public async ValueTask DisposeAsync()
    {
        HeldWorker? held;
        lock (_lock)
        {
            _disposed = true;
            (held, _held) = (_held, null);
        }

        if (held is null)
            return;
        var until = _layout.MillisecondsOf(held.Generator.Close() - 1) + 1;
        using var limit = new CancellationTokenSource(ReleaseLimit, _clock);
        await _leases.ReleaseAsync(held.Lease, until, limit.Token);
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

    // One at a time, for everybody; after one that failed the next waits a moment.
    private Task<IdRefusal?> ChangeAsync()
    {
        lock (_lock)
        {
            var isOver = _changing.IsCompleted && (_failedAt == 0 || _clock.GetElapsedTime(_failedAt) >= PauseAfterFailure);
            return isOver ? _changing = RunChangeAsync() : _changing;
        }
    }

    private async Task<IdRefusal?> RunChangeAsync()
    {
        using var limit = new CancellationTokenSource(ChangeLimit, _clock);
        var refusal = await LeaseAsync(limit.Token);
        Volatile.Write(ref _failedAt, refusal is null ? 0 : _clock.GetTimestamp());
        return refusal;
    }

    private async Task<IdRefusal?> LeaseAsync(CancellationToken cancellationToken)
    {
        var held = Volatile.Read(ref _held);
        try
        {
            var result = held is null ? LeaseResult.Lost.Instance : await _leases.RenewAsync(held.Lease, held.NextMilliseconds, cancellationToken);
            if (result is LeaseResult.Lost)
            {
                if (held is not null)
                    _metrics.LeaseLost();
                result = await _leases.AcquireAsync(held?.NextMilliseconds ?? 0, cancellationToken);
            }

            if (result is not LeaseResult.Held(var lease))
                return ((LeaseResult.Refused)result).Why;
            Keep(lease);
            return null;
        }
        catch (OperationCanceledException)
        {
            return IdRefusal.Unavailable.Instance;
        }
    }

    private void Keep(WorkerLease lease)
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            if (_held is { } held && held.Lease.Row.Owner == lease.Row.Owner)
            {
                held.Renewed(lease);
                held.Extend(1);
                return;
            }

            // The old worker issues nothing from here on, so that the new one begins above all its ids.
            var from = _held is { } old ? Math.Max(lease.From, _layout.MillisecondsOf(old.Generator.Close() - 1) + 1) : lease.From;
            var next = new HeldWorker(lease, from, _layout, _options.BorrowMilliseconds, _clock);
            next.Extend(1);
            Volatile.Write(ref _held, next);
        }
    }
}
