namespace Serverless.Ids;

/// <summary>
/// A leased worker id at work: decides how far its generator may go, which is at most what is reserved, and at most a little ahead of the clock. While the clock stands behind what was
/// issued already, time is what passes. Not thread-safe, except for its generator.
/// </summary>
internal sealed class HeldWorker
{
    private readonly SnowflakeLayout _layout;
    private readonly TimeProvider _clock;
    private readonly long _borrow;
    private long _anchorMilliseconds;
    private long _anchoredAt;

    /// <param name="lease">The lease.</param>
    /// <param name="from">The first millisecond to be issued.</param>
    /// <param name="layout">How ids are packed.</param>
    /// <param name="borrowMilliseconds">How far ahead it may go.</param>
    /// <param name="clock">The clock.</param>
    public HeldWorker(WorkerLease lease, long from, SnowflakeLayout layout, int borrowMilliseconds, TimeProvider clock)
    {
        (_layout, _borrow, _clock) = (layout, borrowMilliseconds, clock);
        Generator = new SnowflakeGenerator(layout, lease.Datacenter, lease.Worker, from, clock);
        (_anchorMilliseconds, _anchoredAt) = (from, clock.GetTimestamp());
        Lease = lease;
        RenewedAt = _anchoredAt;
    }

    public SnowflakeGenerator Generator { get; }

    public WorkerLease Lease { get; private set; }

    /// <summary>When it was last leased or renewed, as a timestamp of the clock.</summary>
    public long RenewedAt { get; private set; }

    /// <summary>No millisecond before this one will be issued any more.</summary>
    public long NextMilliseconds => _layout.MillisecondsOf(Generator.Next);

    public void Renewed(WorkerLease lease)
    {
        Lease = lease;
        RenewedAt = _clock.GetTimestamp();
    }

    /// <summary>Lets the generator go as far as it may now. False when what is reserved has no room for <paramref name="count"/> ids; else time alone is in their way.</summary>
    public bool Extend(int count)
    {
        var (allowed, reserved) = (_layout.PositionOf(Paced() + 1 + _borrow), _layout.PositionOf(Lease.Row.ReservedUntil));
        Generator.Extend(Math.Min(allowed, reserved));
        return Math.Max(Generator.Next, _layout.PositionOf(_layout.MillisecondsAt(_clock.GetUtcNow()))) + count <= reserved;
    }

    private long Paced()
    {
        var (wall, passed) = (_layout.MillisecondsAt(_clock.GetUtcNow()), (long)_clock.GetElapsedTime(_anchoredAt).TotalMilliseconds);
        if (wall > _anchorMilliseconds + passed)
            (_anchorMilliseconds, _anchoredAt, passed) = (wall, _clock.GetTimestamp(), 0);
        return _anchorMilliseconds + passed;
    }
}
