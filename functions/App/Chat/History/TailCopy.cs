using System.Collections.Immutable;

namespace Serverless.Chat;

/// <summary>Copies what a room's register need not hold any longer into the history. Whoever dies on the way leaves nothing that the next copy does not do again.</summary>
internal sealed class TailCopy(HistoryStore history, SentIds ids)
{
    /// <summary>How far the history reaches then; null when too few replicas answered.</summary>
    /// <param name="room">Whose they are.</param>
    /// <param name="events">The first of its tail, in order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<long?> RunAsync(string room, ImmutableArray<RoomEvent> events, CancellationToken cancellationToken)
    {
        var (taken, known) = (history.TakeAsync(room, events, cancellationToken), ids.TakeAsync(room, events, cancellationToken));
        return await taken & await known ? events[^1].Seq : null;
    }
}
