using System.Globalization;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>Takes what the queues gave up on: the chunk is parked, so that the sweeper does not queue for ever what no worker can carry out, and an operator finds it among the dead letters.</summary>
public sealed class PoisonMessages
{
    private readonly OpenChunks _open;
    private readonly DeadLetters _dead;
    private readonly TimeProvider _clock;

    internal PoisonMessages(
        OpenChunks open, DeadLetters dead, TimeProvider clock) =>
        (_open, _dead, _clock) = (open, dead, clock);

    /// <summary>Parks the chunk; throws when the storage does not answer.</summary>
    /// <param name="chunk">Whose message it was.</param>
    /// <param name="queue">Where it lay.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task ParkAsync(ChunkName chunk, string queue, CancellationToken cancellationToken)
    {
        var reason = string.Create(CultureInfo.InvariantCulture, $"poison: no worker of {queue} could carry out its message");
        var parked = await _open.ChangeAsync(
            OpenChunks.SlotOf(chunk.Notification), new Dictionary<string, Func<OpenChunk, OpenChunk?>> { [chunk.ToString()] = there => there with { Parked = reason } }, cancellationToken);
        if (parked is DocumentChange<OpenSlot>.NoQuorum || !await _dead.AddAsync([new DeadLetter(chunk.ToString(), _clock.GetUtcNow(), reason)], cancellationToken))
            throw new InvalidOperationException($"Chunk {chunk} cannot be parked now.");
    }
}
