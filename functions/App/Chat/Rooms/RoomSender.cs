using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>Sends into rooms: asks the history where the room's register cannot tell.</summary>
public sealed class RoomSender
{
    // Copies may overtake the questions; each takes several messages of others.
    private const int MostQuestions = 8;

    private readonly RoomStore _rooms;
    private readonly HistoryStore _history;
    private readonly SentIds _sent;

    internal RoomSender(RoomStore rooms, HistoryStore history, SentIds sent) =>
        (_rooms, _history, _sent) = (rooms, history, sent);

    /// <summary>Sends once, however often it is sent.</summary>
    internal async Task<RoomOutcome> SendAsync(string room, RoomOrder.Send order, CancellationToken cancellationToken)
    {
        for (var questions = 0; questions < MostQuestions; questions++)
        {
            switch (await _rooms.RunAsync(room, order))
            {
                case RoomOutcome.AskIds(var copied):
                    var (answered, seq) = await _sent.FindAsync(room, order.By, order.ClientId, cancellationToken);
                    if (!answered)
                        return new RoomOutcome.NoQuorum(0, 0);
                    if (seq is { } before)
                        return await EventAsync(room, before, cancellationToken) is { } one ? RoomRules.Again(one, order) : new RoomOutcome.NoQuorum(0, 0);
                    order = order with { NewIn = copied };
                    break;
                case RoomOutcome.AskTarget:
                    if (await EventAsync(room, order.Target!.Value, cancellationToken) is not { } target)
                        return new RoomOutcome.NoQuorum(0, 0);
                    order = order with { Found = target };
                    break;
                case RoomOutcome.Done({ Kind: EventKind.Deleted } deleted) done:
                    // At once if it can be; else when the deletion itself is copied.
                    await _history.EraseAsync(room, deleted.Target!.Value, cancellationToken);
                    return done;
                case var outcome:
                    return outcome;
            }
        }

        return new RoomOutcome.NoQuorum(0, 0);
    }

    // An event is copied before it leaves the register, so one of the two has it.
    private async Task<RoomEvent?> EventAsync(string room, long seq, CancellationToken cancellationToken) =>
        await _rooms.GlanceAsync(room, cancellationToken) is DocumentRead<Room>.Held { Value: { } held }
            ? held.InTail(seq) ?? (await _history.ReadAsync(room, seq, seq, cancellationToken))?[0]
            : null;
}
