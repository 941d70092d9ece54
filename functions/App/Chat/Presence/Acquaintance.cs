using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>Tells people who is there, of those whom they know: contacts, and those who share a room with them.</summary>
public sealed class Acquaintance
{
    private readonly PresenceStore _presence;
    private readonly Contacts _contacts;
    private readonly Memberships _memberships;
    private readonly RecentRooms _recent;
    private readonly TimeProvider _clock;

    internal Acquaintance(PresenceStore presence, Contacts contacts, Memberships memberships, RecentRooms recent, TimeProvider clock) =>
        (_presence, _contacts, _memberships, _recent, _clock) = (presence, contacts, memberships, recent, clock);

    /// <summary>Those of <paramref name="users"/> whom the user knows; null when too few replicas answered.</summary>
    internal async Task<IReadOnlyList<(string User, Status Status, DateTimeOffset? LastSeen)>?> SeenAsync(string user, IReadOnlyList<string> users, CancellationToken cancellationToken)
    {
        var pairs = await Task.WhenAll(users.Select(async other => (User: other, Pair: await _contacts.BetweenAsync(user, other, cancellationToken))));
        if (pairs.Any(one => one.Pair is null) || await _memberships.OfAsync(user, cancellationToken) is not { } names)
            return null;
        var known = pairs.Where(one => one.User == user || one.Pair!.AreContacts).Select(one => one.User).ToHashSet(StringComparer.Ordinal);
        foreach (var name in names.TakeWhile(_ => users.Any(one => !known.Contains(one))))
        {
            if (await _recent.GetAsync(name, cancellationToken) is DocumentRead<Room>.Held { Value: { } room } && room.MemberOf(user) is not null)
                known.UnionWith(room.Members.Select(member => member.User));
        }

        var (now, seen) = (_clock.GetUtcNow(), pairs.Where(one => known.Contains(one.User) && !one.Pair!.IsBlocked).Select(one => one.User));
        var records = await Task.WhenAll(seen.Select(async other => (User: other, Record: await _presence.OfAsync(other, cancellationToken))));
        return records.Any(one => one.Record is null) ? null : [.. records.Select(one => (one.User, one.Record!.SeenAt(now), one.Record.LastSeen))];
    }
}
