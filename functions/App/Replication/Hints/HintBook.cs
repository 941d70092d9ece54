using System.Collections.Concurrent;

namespace Serverless.Replication;

/// <summary>
/// Keeps this instance's count of the hints on each node, so that a bound holds without a counter that every hint would have to
/// swap: what was stored is read again every 5 s, and what this instance added is stored in the background, all at once. Several
/// instances together may pass the bound by what they add within 5 s.
/// </summary>
internal sealed class HintBook(int most, TimeProvider clock)
{
    /// <summary>How long what was read is used: 5 s. The time of the last hint that was not kept is stored as seldom.</summary>
    public static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string StandIn, ulong Incarnation, string Owner), Tally> _tallies = [];

    /// <summary>Whether one more may be kept. If not, the owner is flagged for full repair: no hint will tell it what it missed.</summary>
    public async Task<bool> HasRoomAsync(Node standIn, string owner, CancellationToken cancellationToken)
    {
        var tally = Of(standIn, owner);
        if (tally.ReadAt is not { } readAt || clock.GetElapsedTime(readAt) >= ReadAgain)
        {
            if (await HintState.ReadAsync(standIn, owner, cancellationToken) is not { } state)
                return false;
            (tally.Stored, tally.ReadAt, tally.Flagged) = (state.Count, clock.GetTimestamp(), false);
        }

        if (tally.Stored + tally.Added < most)
            return true;
        if (!tally.Flagged)
        {
            tally.Flagged = true;
            var now = clock.GetUtcNow();
            await HintState.ChangeAsync(standIn, owner, state => state with { FullSince = state.FullSince ?? now, DroppedAt = now }, cancellationToken);
        }

        return false;
    }

    /// <summary>Counts a hint that was stored.</summary>
    public void Added(Node standIn, string owner)
    {
        var tally = Of(standIn, owner);
        Interlocked.Increment(ref tally.Added);
        if (Interlocked.Exchange(ref tally.Storing, 1) == 0)
            _ = StoreAsync(tally, standIn, owner);
    }

    private Tally Of(Node standIn, string owner) => _tallies.GetOrAdd((standIn.Id, standIn.Incarnation, owner), _ => new Tally());

    // What is added meanwhile is stored by the next round; what cannot be stored waits for the next hint.
    private static async Task StoreAsync(Tally tally, Node standIn, string owner)
    {
        try
        {
            while (Interlocked.Read(ref tally.Added) is var added and > 0)
            {
                if (await HintState.ChangeAsync(standIn, owner, state => state with { Count = state.Count + added }, CancellationToken.None) is not { } state)
                    return;
                tally.Stored = state.Count;
                Interlocked.Add(ref tally.Added, -added);
            }
        }
        finally
        {
            Volatile.Write(ref tally.Storing, 0);
        }
    }

    private sealed class Tally
    {
        public long Added;
        public int Storing;

        public long Stored { get; set; }

        public long? ReadAt { get; set; }

        public bool Flagged { get; set; }
    }
}
