using System.Runtime.InteropServices;

namespace Serverless.Ids;

/// <summary>
/// Issues the ids of one worker: each greater than all before it, by any thread, without locks or allocations. It keeps one number, the next
/// <em>position</em> (<see cref="SnowflakeLayout"/>): the clock pulls it forward, issuing counts it up, and when a millisecond is used up it carries into the next, ahead of the clock.
/// A clock that steps back pulls nothing. It issues no position at or beyond its limit, which its owner moves only inside what is
/// reserved for this worker: whatever clocks do and however long the process sleeps, no other worker has those positions.
/// </summary>
public sealed class SnowflakeGenerator
{
    // Above every limit, with room for what threads that do not know yet will add.
    private const long ClosedAt = long.MaxValue / 2;

    private readonly TimeProvider _clock;
    private readonly SnowflakeLayout _layout;
    private readonly long _nodeBits;
    private long _pulledTo;
    private long _limit;
    private long _fullAt = -1;
    private Line _next;

    /// <param name="layout">How ids are packed.</param>
    /// <param name="datacenter">0 up to the layout's datacenters.</param>
    /// <param name="worker">0 up to the layout's workers.</param>
    /// <param name="firstMilliseconds">The first millisecond that may be issued.</param>
    /// <param name="clock">The clock.</param>
    public SnowflakeGenerator(SnowflakeLayout layout, int datacenter, int worker, long firstMilliseconds, TimeProvider clock)
    {
        (_layout, _clock, _nodeBits) = (layout, clock, layout.NodeBits(datacenter, worker));
        _next.Value = _limit = layout.PositionOf(firstMilliseconds);
    }

    /// <summary>Where the next id will be, unless the clock pulls it further.</summary>
    public long Next => Volatile.Read(ref _next.Value);

    /// <summary>From now on positions below <paramref name="position"/> may be issued; never takes any back.</summary>
    public void Extend(long position) => Raise(ref _limit, position);

    /// <summary>The next id; false when the limit is reached.</summary>
    public bool TryNext(out Snowflake id)
    {
        var taken = TryTake(1, out var first);
        id = taken ? _layout.At(first, _nodeBits) : default;
        return taken;
    }

    /// <summary>Fills <paramref name="ids"/> with consecutive ids; false, and nothing is filled, when not all of them lie before the limit.</summary>
    public bool TryFill(Span<Snowflake> ids)
    {
        // What is taken in vain is lost, so many are taken only when there is room.
        if (Next + ids.Length > Volatile.Read(ref _limit) || !TryTake(ids.Length, out var first))
            return false;
        for (var i = 0; i < ids.Length; i++)
            ids[i] = _layout.At(first + i, _nodeBits);
        return true;
    }

    /// <summary>Ends it: nothing is issued any more. Answers a position that it has not reached.</summary>
    public long Close() => Interlocked.Exchange(ref _next.Value, ClosedAt);

    // The next position is written by every thread, so one id is taken without reading it before: one transfer of its cache line.
    private bool TryTake(int count, out long first)
    {
        var now = _layout.PositionOf(_layout.MillisecondsAt(_clock.GetUtcNow()));
        var limit = Volatile.Read(ref _limit);
        if (now > Volatile.Read(ref _pulledTo))
        {
            // Not beyond the limit: what a clock says that is wrong for a moment is forgotten with it.
            Raise(ref _next.Value, Math.Min(now, limit));
            Raise(ref _pulledTo, Math.Min(now, limit));
        }

        if (Volatile.Read(ref _fullAt) == limit)
        {
            first = 0;
            return false;
        }

        first = Interlocked.Add(ref _next.Value, count) - count;
        if (first + count <= limit)
            return true;
        Volatile.Write(ref _fullAt, limit);
        return false;
    }

    private static void Raise(ref long value, long to)
    {
        var known = Volatile.Read(ref value);
        while (known < to)
        {
            var seen = Interlocked.CompareExchange(ref value, to, known);
            if (seen == known)
                return;
            known = seen;
        }
    }

    // Alone in its cache line, and in the one that processors fetch with it.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Line
    {
        [FieldOffset(128)]
        public long Value;
    }
}
