using Serverless.Ids;

namespace Serverless.Bench.Ids;

/// <summary>
/// The textbook's generator, as Twitter's IdWorker is: the last timestamp and a sequence under a lock, which waits for the next millisecond when the sequence is used
/// up and refuses when the clock has gone back.
/// </summary>
internal sealed class LockedGenerator(SnowflakeLayout layout, int datacenter, int worker, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly long _nodeBits = layout.NodeBits(datacenter, worker);
    private readonly long _mask = layout.PerMillisecond - 1;
    private long _last = -1;
    private long _sequence;

    public bool TryNext(out Snowflake id)
    {
        lock (_lock)
        {
            var now = layout.MillisecondsAt(clock.GetUtcNow());
            if (now < _last)
            {
                id = default;
                return false;
            }

            _sequence = now == _last ? (_sequence + 1) & _mask : 0;
            if (now == _last && _sequence == 0)
                now = NextMillisecond();
            _last = now;
            id = new Snowflake((now << SnowflakeLayout.OtherBits) | _nodeBits | _sequence);
            return true;
        }
    }

    private long NextMillisecond()
    {
        var now = layout.MillisecondsAt(clock.GetUtcNow());
        while (now <= _last)
            now = layout.MillisecondsAt(clock.GetUtcNow());
        return now;
    }
}
