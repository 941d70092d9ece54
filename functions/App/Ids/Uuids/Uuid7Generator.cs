namespace Serverless.Ids;

/// <summary>
/// UUIDs of version 7 (RFC 9562 §5.7) that only ever grow: 48 bits of Unix milliseconds, a 22-bit counter (§6.2, method 1) and
/// 52 random bits. When one call has returned before another begins, on any thread, its ids are less: as text, as big-endian
/// bytes and as <see cref="Guid.CompareTo(Guid)"/> has it. Two generators are in order only as far as their clocks are.
/// <para>
/// Each millisecond the counter starts at a random value with its top bit zero, so at least 2,097,152 ids fit; past the last
/// counter the timestamp runs one millisecond ahead of the clock. While the clock is behind the last timestamp, because it was
/// outrun or set back, the timestamp stays and the counter goes on.
/// </para>
/// Lock-free. Thread-safe when the Random is.
/// </summary>
/// <param name="clock">Good from 1970 to May 2109, which is 42 bits of milliseconds; outside of these it counts as the nearer end.</param>
/// <param name="random">How hard ids are to guess follows from it.</param>
public sealed class Uuid7Generator(TimeProvider clock, Random random)
{
    private const int Version = 7;
    private const int CounterBits = 22;
    private const int TimeShift = 16;
    private const int TailBits = 52;
    private const int CounterBitsInTail = 10;
    private const long MaxMilliseconds = (1L << 64 - CounterBits) - 1;
    private const ulong SeedMask = (1UL << CounterBits - 1) - 1;

    // Of the last id given out: milliseconds << 22 | counter. One higher is the next id, also where the counter overflows.
    private ulong _last;

    /// <summary>The next id.</summary>
    public Guid Next()
    {
        var id = Guid.Empty;
        Fill(new Span<Guid>(ref id));
        return id;
    }

    /// <summary>
    /// Fills the batch with consecutive counters, so that no other call's id lies between two of them, in increasing order and from
    /// one call of <see cref="Random.NextBytes(Span{byte})"/>. Of any length; one longer than what is left of the millisecond runs ahead.
    /// </summary>
    public void Fill(Span<Guid> ids)
    {
        if (ids.IsEmpty)
            return;
        var drawn = UuidBits.Draw(ids, random);

        // The time and the counter take the place of an id's first half: what was drawn there is free to seed the counter.
        var next = Reserve((uint)ids.Length, UuidBits.Halves(drawn, 0).High & SeedMask);
        for (var i = 0; i < ids.Length; i++, next++)
            ids[i] = Lay(next, UuidBits.Halves(drawn, i).Low);
    }

    /// <summary>
    /// When the id was made, to the millisecond, by its maker's clock. Null when it is not of version 7 and of the RFC's variant,
    /// or names a time after the year 9999.
    /// </summary>
    public static DateTimeOffset? TimeOf(Guid id) =>
        UuidBits.HighOf(id, Version) is { } high && (long)(high >> TimeShift) is var milliseconds
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    /// <summary>Takes so many consecutive words and returns the first.</summary>
    private ulong Reserve(uint count, ulong seed)
    {
        var now = Math.Clamp(clock.GetUtcNow().ToUnixTimeMilliseconds(), 0, MaxMilliseconds);
        var fresh = (ulong)now << CounterBits | seed;
        var last = Volatile.Read(ref _last);
        while (true)
        {
            var first = fresh >> CounterBits > last >> CounterBits ? fresh : checked(last + 1);
            var seen = Interlocked.CompareExchange(ref _last, checked(first + count - 1), last);
            if (seen == last)
                return first;
            last = seen;
        }
    }

    private static Guid Lay(ulong word, ulong tail)
    {
        var high = word >> CounterBits << TimeShift | (word & (1UL << CounterBits) - 1) >> CounterBitsInTail;
        var low = (word & (1UL << CounterBitsInTail) - 1) << TailBits | tail & (1UL << TailBits) - 1;
        return UuidBits.Stamp(high, low, Version);
    }
}
