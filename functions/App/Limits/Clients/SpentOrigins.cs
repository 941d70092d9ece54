using System.Collections.Concurrent;

namespace Serverless.Limits;

/// <summary>Origins that said that nothing is left, until when, and how many requests are held back for each. Thread-safe.</summary>
/// <param name="clock">Tells when a time is over.</param>
/// <param name="most">Origins that are remembered.</param>
internal sealed class SpentOrigins(TimeProvider clock, int most)
{
    private readonly ConcurrentDictionary<string, Spent> _origins = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Scheme, host and port.</summary>
    public static string OriginOf(Uri address) => address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <summary>What an origin said; null while it may be sent to.</summary>
    public Spent? Of(Uri address)
    {
        if (_origins.IsEmpty)
            return null;
        var origin = OriginOf(address);
        if (!_origins.TryGetValue(origin, out var spent))
            return null;
        if (spent.Left > TimeSpan.Zero)
            return spent;
        _origins.TryRemove(new(origin, spent));
        return null;
    }

    /// <summary>Nothing is left for so long.</summary>
    public void Spend(Uri address, TimeSpan time)
    {
        var origin = OriginOf(address);
        if (_origins.TryGetValue(origin, out var known))
            known.Extend(time);
        else if (_origins.Count < most || Forget())
            _origins.TryAdd(origin, new Spent(clock, time));
    }

    private bool Forget()
    {
        foreach (var origin in _origins.Where(origin => origin.Value.Left == TimeSpan.Zero))
            _origins.TryRemove(origin);
        return _origins.Count < most;
    }

    /// <summary>One origin's.</summary>
    internal sealed class Spent(TimeProvider clock, TimeSpan time)
    {
        private readonly Lock _lock = new();
        private long _from = clock.GetTimestamp();
        private TimeSpan _time = time;
        private int _held;

        /// <summary>Until something is left again.</summary>
        public TimeSpan Left
        {
            get
            {
                lock (_lock)
                    return TimeSpan.FromTicks(Math.Max(0, (_time - clock.GetElapsedTime(_from)).Ticks));
            }
        }

        /// <summary>It said so again: the longer time counts.</summary>
        public void Extend(TimeSpan longer)
        {
            lock (_lock)
            {
                if (longer > _time - clock.GetElapsedTime(_from))
                    (_from, _time) = (clock.GetTimestamp(), longer);
            }
        }

        /// <summary>One more request is held back, to be <see cref="Release"/>d; false when there are so many already.</summary>
        public bool TryHold(int most)
        {
            if (Interlocked.Increment(ref _held) <= most)
                return true;
            Interlocked.Decrement(ref _held);
            return false;
        }

        public void Release() => Interlocked.Decrement(ref _held);
    }
}
