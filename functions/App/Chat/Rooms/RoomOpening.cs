using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>Opens rooms, and brings people into them.</summary>
public sealed class RoomOpening
{
    private readonly RoomStore _rooms;
    private readonly Memberships _memberships;
    private readonly Contacts _contacts;
    private readonly Pushes _pushes;
    private readonly RoomIds _ids;
    private readonly TimeProvider _clock;

    internal RoomOpening(RoomStore rooms, Memberships memberships, Contacts contacts, Pushes pushes, RoomIds ids, TimeProvider clock) =>
        (_rooms, _memberships, _contacts, _pushes, _ids, _clock) = (rooms, memberships, contacts, pushes, ids, clock);

    /// <summary>Opens a group. Repeated, it answers the room that there is.</summary>
    internal async Task<OpenResult> GroupAsync(string room, string by, string name, IReadOnlyList<string> others, CancellationToken cancellationToken)
    {
        var pairs = await Task.WhenAll(others.Select(other => _contacts.BetweenAsync(by, other, cancellationToken)));
        if (pairs.Contains(null))
            return new OpenResult.NoQuorum();
        for (var i = 0; i < others.Count; i++)
        {
            if (pairs[i]!.IsBlocked)
                return new OpenResult.Blocked(others[i]);
        }

        return await OpenAsync(room, RoomKind.Group, name, by, others, cancellationToken);
    }

    /// <summary>Opens the room of two who are contacts: <paramref name="wanted"/>, unless they have one already.</summary>
    internal async Task<OpenResult> DirectAsync(string wanted, string by, string other, CancellationToken cancellationToken)
    {
        if (await _contacts.RoomAsync(by, other, wanted, cancellationToken) is not { } pair)
            return new OpenResult.NoQuorum();
        return pair.Room is { } room && (pair.AreContacts || room != wanted)
            ? await OpenAsync(room, RoomKind.Direct, null, by, [other], cancellationToken)
            : new OpenResult.NotContacts();
    }

    /// <summary>Brings somebody into a group: the list of their rooms first, then the room.</summary>
    internal async Task<OpenResult> AddAsync(string room, string by, string user, CancellationToken cancellationToken)
    {
        if (await _contacts.BetweenAsync(by, user, cancellationToken) is not { } pair || await _ids.NextAsync(cancellationToken) is not { } id)
            return new OpenResult.NoQuorum();
        if (pair.IsBlocked)
            return new OpenResult.Blocked(user);

        // Nobody's list is filled by those who may not: the room itself decides, but after.
        if (await _rooms.GlanceAsync(room, cancellationToken) is not DocumentRead<Room>.Held(var held))
            return new OpenResult.NoQuorum();
        var order = new RoomOrder.Add(by, id, _clock.GetUtcNow(), user);
        if ((held is null ? new RoomOutcome.Refused(RoomRefusal.Unknown) : RoomRules.Apply(held, order).Outcome) is RoomOutcome.Refused refused)
            return new OpenResult.Ordered(refused);
        return await _memberships.AddAsync(user, room, cancellationToken) switch
        {
            null => new OpenResult.NoQuorum(),
            false => new OpenResult.RoomsFull(user),
            true => new OpenResult.Ordered(await _rooms.RunAsync(room, order)),
        };
    }

    /// <summary>Takes somebody out of a group: the room first, then the list of their rooms.</summary>
    internal async Task<OpenResult> RemoveAsync(string room, string by, string user, CancellationToken cancellationToken)
    {
        if (await _ids.NextAsync(cancellationToken) is not { } id)
            return new OpenResult.NoQuorum();
        var outcome = await _rooms.RunAsync(room, new RoomOrder.Remove(by, id, _clock.GetUtcNow(), user));
        if (outcome is RoomOutcome.Done)
            await _memberships.RemoveAsync(user, [room], cancellationToken);
        return new OpenResult.Ordered(outcome);
    }

    private async Task<OpenResult> OpenAsync(string name, RoomKind kind, string? title, string by, IReadOnlyList<string> others, CancellationToken cancellationToken)
    {
        // Whoever is named in a room that exists already must not find it in the list before its members are known.
        if (await _rooms.GlanceAsync(name, cancellationToken) is not DocumentRead<Room>.Held(var known) || await _ids.NextAsync(cancellationToken) is not { } id)
            return new OpenResult.NoQuorum();
        if (known is not null)
            return new OpenResult.Open(name, known, false);
        var people = others.Append(by).ToList();
        var entered = await Task.WhenAll(people.Select(user => _memberships.AddAsync(user, name, cancellationToken)));
        if (entered.Contains(null))
            return new OpenResult.NoQuorum();
        if (Array.IndexOf(entered, false) is >= 0 and var full)
            return new OpenResult.RoomsFull(people[full]);
        switch (await _rooms.CreateAsync(name, RoomRules.Create(kind, title, by, others, id, _clock.GetUtcNow()), cancellationToken))
        {
            case DocumentChange<Room>.Written(var room):
                await Task.WhenAll(people.Select(user => _pushes.JoinAsync(user, name)));
                await Task.WhenAll(people.Select(user => _pushes.ToUserAsync(user, ChatEvents.Membership(name, true))));
                return new OpenResult.Open(name, room, true);
            case DocumentChange<Room>.Unchanged({ } room):
                return new OpenResult.Open(name, room, false);
            case DocumentChange<Room>.TooLarge:
                return new OpenResult.TooLarge();
            default:
                return new OpenResult.NoQuorum();
        }
    }
}

internal abstract record OpenResult
{
    /// <param name="Name">The room, which may be another than was asked for.</param>
    /// <param name="Room">As it is.</param>
    /// <param name="IsNew">Whether this opened it.</param>
    internal sealed record Open(string Name, Room Room, bool IsNew) : OpenResult;

    /// <summary>The room itself answered.</summary>
    internal sealed record Ordered(RoomOutcome Outcome) : OpenResult;

    /// <summary>One of the two hears nothing from the other.</summary>
    internal sealed record Blocked(string User) : OpenResult;

    internal sealed record NotContacts : OpenResult;

    /// <summary>Somebody is in as many rooms as can be.</summary>
    internal sealed record RoomsFull(string User) : OpenResult;

    internal sealed record TooLarge : OpenResult;

    internal sealed record NoQuorum : OpenResult;
}
