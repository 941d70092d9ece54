namespace Serverless.Chat;

/// <summary>Carries out what people want of each other: between them, in their room, and for those of their devices that are connected.</summary>
public sealed class ContactWishes
{
    private readonly Contacts _contacts;
    private readonly RoomStore _rooms;
    private readonly Pushes _pushes;
    private readonly TimeProvider _clock;

    internal ContactWishes(Contacts contacts, RoomStore rooms, Pushes pushes, TimeProvider clock) => (_contacts, _rooms, _pushes, _clock) = (contacts, rooms, pushes, clock);

    /// <summary>Says what a user wants of another. Repeated, it brings to an end what was left halfway.</summary>
    internal async Task<ContactChange> SetAsync(string user, string other, Stance stance, CancellationToken cancellationToken)
    {
        var change = await _contacts.SetAsync(user, other, stance, cancellationToken);
        if (change is not ContactChange.Now(var pair, var changed))
            return change;

        // The room refuses by itself what is said in it, as one step with saying it.
        if (pair.Room is { } room && await _rooms.RunAsync(room, new RoomOrder.Block(user, "", _clock.GetUtcNow(), stance == Stance.Blocked)) is RoomOutcome.NoQuorum(var answered, var needed))
            return new ContactChange.NoQuorum(answered, needed);
        if (changed)
        {
            await Task.WhenAll(
                _pushes.ToUserAsync(user, ChatEvents.Contact(other, pair.SeenBy(user, other))),
                pair.StanceOf(other, user) == Stance.Blocked ? Task.CompletedTask : _pushes.ToUserAsync(other, ChatEvents.Contact(user, pair.SeenBy(other, user))));
        }

        return change;
    }
}
