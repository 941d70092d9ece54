namespace Serverless.Local.Inbox;

/// <summary>What arrived at the local providers, the latest in memory. Thread-safe.</summary>
internal sealed class Inbox(TimeProvider clock)
{
    /// <summary>Messages kept: 20,000.</summary>
    public const int MostMessages = 20_000;

    private readonly Lock _lock = new();
    private readonly List<InboxMessage> _messages = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, InboxCounts> _counts = new(StringComparer.Ordinal);
    private long _last;

    /// <summary>Counts by provider, of all that ever arrived.</summary>
    public IReadOnlyDictionary<string, InboxCounts> Counts
    {
        get
        {
            lock (_lock)
                return new SortedDictionary<string, InboxCounts>(_counts, StringComparer.Ordinal);
        }
    }

    /// <summary>Whether a delivery of this name was taken before.</summary>
    public bool WasTaken(string provider, string delivery)
    {
        lock (_lock)
            return _seen.Contains($"{provider} {delivery}");
    }

    /// <summary>Keeps what arrived, and the answer that it got; whether it is a repetition of one that was taken.</summary>
    public bool Add(Arrival arrival, string answer, bool isTaken)
    {
        lock (_lock)
        {
            var name = $"{arrival.Provider} {arrival.Delivery}";
            var repeats = arrival.Delivery.Length > 0 && _seen.Contains(name);
            if (isTaken && arrival.Delivery.Length > 0)
                _seen.Add(name);
            var counts = _counts.GetValueOrDefault(arrival.Provider) ?? new InboxCounts(0, 0, 0);
            _counts[arrival.Provider] = new InboxCounts(counts.Taken + (isTaken ? 1 : 0), counts.Refused + (isTaken ? 0 : 1), counts.Repeated + (isTaken && repeats ? 1 : 0));
            _messages.Add(new InboxMessage(++_last, clock.GetUtcNow(), arrival, answer, isTaken, isTaken && repeats));
            if (_messages.Count > MostMessages)
                _messages.RemoveRange(0, MostMessages / 10);
            return repeats;
        }
    }

    /// <summary>Messages after a number and before another, the newest first.</summary>
    public IReadOnlyList<InboxMessage> List(long after, string? provider, string? to, int limit, long before = long.MaxValue)
    {
        lock (_lock)
        {
            return [.. _messages.AsEnumerable().Reverse().TakeWhile(message => message.Number > after)
                .Where(message => message.Number < before && (provider is null || message.Arrival.Provider == provider) && (to is null || message.Arrival.To.Contains(to, StringComparison.OrdinalIgnoreCase))).Take(limit)];
        }
    }

    /// <summary>One of those that are kept.</summary>
    public InboxMessage? Find(long number)
    {
        lock (_lock)
            return _messages.Find(message => message.Number == number);
    }

    public void Clear()
    {
        lock (_lock)
        {
            _messages.Clear();
            _seen.Clear();
            _counts.Clear();
        }
    }
}

/// <summary>What arrived at a provider.</summary>
/// <param name="Provider">apns, fcm, sms or smtp.</param>
/// <param name="To">A token, a number or a mail address.</param>
/// <param name="Title">Title or subject; null where there is none.</param>
/// <param name="Body">The text.</param>
/// <param name="Html">Of a mail; null where there is none.</param>
/// <param name="Delivery">By what the provider tells repetitions; empty when it cannot.</param>
/// <param name="Raw">As it came over the wire.</param>
internal sealed record Arrival(string Provider, string To, string? Title, string Body, string? Html, string Delivery, string Raw);

/// <param name="Number">1 is the first that arrived.</param>
/// <param name="At">When.</param>
/// <param name="Arrival">What.</param>
/// <param name="Answer">As the provider answered.</param>
/// <param name="IsTaken">Whether that was yes.</param>
/// <param name="Repeats">It was taken before.</param>
internal sealed record InboxMessage(long Number, DateTimeOffset At, Arrival Arrival, string Answer, bool IsTaken, bool Repeats);

/// <param name="Taken">Answered with yes.</param>
/// <param name="Refused">Answered with no.</param>
/// <param name="Repeated">Of those taken, they had been taken before.</param>
internal sealed record InboxCounts(int Taken, int Refused, int Repeated);
