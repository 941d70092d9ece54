namespace Serverless.Local.Chat;

/// <summary>
/// What one device has of one room: events without holes from some first one on. Pushes may be lost, repeated and out of order, so what comes too early waits; whoever sees that something is missing asks
/// for it with a sync. Pure bookkeeping, without network and clock.
/// </summary>
internal sealed class RoomTranscript
{
    private readonly List<ChatEvent> _events = [];
    private readonly SortedDictionary<long, ChatEvent> _early = [];
    private long _known;

    /// <summary>The first event that it has, or will have.</summary>
    public long From { get; private set; } = 1;

    /// <summary>The last event up to which nothing is missing; 0 when there is none.</summary>
    public long Position => From + _events.Count - 1;

    /// <summary>Whether events are known to exist that it does not have.</summary>
    public bool IsBehind => _known > Position;

    /// <summary>What happened, without holes.</summary>
    public IReadOnlyList<ChatEvent> Events => _events;

    /// <summary>The messages as they are to be shown: edits and deletions carried out.</summary>
    public IReadOnlyList<(ChatEvent Message, string? Text)> Messages()
    {
        var texts = _events.Where(one => one.Kind == "text").ToDictionary(one => one.Seq, one => one.Erased == true ? null : one.Text);
        foreach (var one in _events)
        {
            if (one is { Kind: "edited", Target: { } edited, Text: { } text } && texts.GetValueOrDefault(edited) is not null)
                texts[edited] = text;
            else if (one is { Kind: "deleted", Target: { } deleted } && texts.ContainsKey(deleted))
                texts[deleted] = null;
        }

        return [.. _events.Where(one => one.Kind == "text").Select(one => (one, texts[one.Seq]))];
    }

    /// <summary>Takes what was pushed; what it has already is passed over. Answers what is new and in its place now.</summary>
    public IReadOnlyList<ChatEvent> Take(IEnumerable<ChatEvent> events)
    {
        foreach (var one in events)
        {
            Know(one.Seq);
            if (one.Seq > Position)
                _early.TryAdd(one.Seq, one);
        }

        var before = _events.Count;
        while (_early.Remove(Position + 1, out var next))
            _events.Add(next);
        return _events[before..];
    }

    /// <summary>There are events up to this one.</summary>
    public void Know(long seq) => _known = Math.Max(_known, seq);

    /// <summary>Forgets what it has, and begins at an event.</summary>
    public void Begin(long from)
    {
        _events.Clear();
        From = from;
        foreach (var old in _early.Keys.Where(seq => seq < from).ToList())
            _early.Remove(old);
    }
}
