using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>Who knows whom. The pairs are the truth; the lists say only whose pairs to look at, and are written before.</summary>
public sealed class Contacts
{
    /// <summary>Names in one list at most: 1,000. A request to somebody whose list is full is refused.</summary>
    internal const int MostContacts = 1_000;

    private readonly Documents<Pair> _pairs;
    private readonly Documents<Names> _names;

    internal Contacts(StrictRegisters registers, ReplicatedStore store) => (_pairs, _names) = (new Documents<Pair>("chatpairs", registers, store), new Documents<Names>("chatcontacts", registers, store));

    /// <summary>Two people; null when too few replicas answered.</summary>
    internal async Task<Pair?> BetweenAsync(string user, string other, CancellationToken cancellationToken) =>
        await _pairs.ReadAsync(NameOf(user, other), cancellationToken) is DocumentRead<Pair>.Held(var pair) ? pair ?? Pair.Strangers : null;

    /// <summary>Those to whom a user stands in some way; null when too few replicas answered.</summary>
    internal async Task<IReadOnlyList<(string User, Pair Pair)>?> OfAsync(string user, CancellationToken cancellationToken)
    {
        if (await _names.ReadAsync(user, cancellationToken) is not DocumentRead<Names>.Held(var names))
            return null;
        var pairs = await Task.WhenAll((names?.Users ?? []).Select(async other => (User: other, Pair: await BetweenAsync(user, other, cancellationToken))));
        return pairs.All(one => one.Pair is not null) ? [.. pairs.Select(one => (one.User, one.Pair!))] : null;
    }

    /// <summary>Says what a user wants of another.</summary>
    internal async Task<ContactChange> SetAsync(string user, string other, Stance stance, CancellationToken cancellationToken)
    {
        // The other sees a request, and only that.
        if (stance != Stance.None && (await ListAsync(user, other, cancellationToken) ?? await (stance == Stance.Contact ? ListAsync(other, user, cancellationToken) : Task.FromResult<ContactChange?>(null))) is { } unlisted)
            return unlisted;
        var (before, after) = (Pair.Strangers, Pair.Strangers);
        var change = await _pairs.ChangeAsync(NameOf(user, other), held =>
        {
            before = held ?? Pair.Strangers;
            after = before.With(user, other, stance);
            return after == before ? held : after;
        }, cancellationToken);
        return change is DocumentChange<Pair>.NoQuorum(var answered, var needed) ? new ContactChange.NoQuorum(answered, needed) : new ContactChange.Now(after, after != before);
    }

    /// <summary>The room of two who are contacts: <paramref name="wanted"/>, unless they have one already. The pair as it is when they are not; null when too few replicas answered.</summary>
    internal async Task<Pair?> RoomAsync(string user, string other, string wanted, CancellationToken cancellationToken) =>
        await _pairs.ChangeAsync(NameOf(user, other), pair => pair is { AreContacts: true, Room: null } ? pair with { Room = wanted } : pair, cancellationToken) switch
        {
            DocumentChange<Pair>.Written(var pair) => pair,
            DocumentChange<Pair>.Unchanged(var pair) => pair ?? Pair.Strangers,
            _ => null,
        };

    private async Task<ContactChange?> ListAsync(string user, string other, CancellationToken cancellationToken)
    {
        var full = false;
        var change = await _names.ChangeAsync(user, before =>
        {
            var names = before ?? new Names([]);
            full = names.Users.Count >= MostContacts && !names.Users.Contains(other);
            return full || names.Users.Contains(other) ? before : new Names(names.Users.Add(other));
        }, cancellationToken);
        return full ? new ContactChange.Full(user) : change is DocumentChange<Names>.NoQuorum(var answered, var needed) ? new ContactChange.NoQuorum(answered, needed) : null;
    }

    // Of both names, whoever asks; names may be long, their hash is not.
    private static string NameOf(string user, string other)
    {
        var (first, second) = string.CompareOrdinal(user, other) < 0 ? (user, other) : (other, user);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{first.Length}:{first}:{second}"))));
    }

    private sealed record Names(ImmutableSortedSet<string> Users);
}

internal abstract record ContactChange
{
    /// <param name="Pair">As it is since.</param>
    /// <param name="Changed">Whether it was otherwise before.</param>
    internal sealed record Now(Pair Pair, bool Changed) : ContactChange;

    /// <param name="User">Whose list is full.</param>
    internal sealed record Full(string User) : ContactChange;

    internal sealed record NoQuorum(int Answered, int Needed) : ContactChange;
}
