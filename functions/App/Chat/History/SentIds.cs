using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>Which client id became which event, for those that have left their room's register.</summary>
internal sealed class SentIds
{
    /// <summary>Ids kept of one sender in one room whose UUIDs begin alike (version 7: of one minute): 1,000, the newest. A repetition that comes after more than so many others is not recognized.</summary>
    public const int MostAlike = 1_000;

    private const int PrefixLength = 8;

    private readonly Documents<Alike> _alike;

    public SentIds(StrictRegisters registers, ReplicatedStore store) => _alike = new Documents<Alike>("chatsent", registers, store);

    /// <summary>The event that a client id became; null when none, and no answer when too few replicas answered.</summary>
    public async Task<(bool Answered, long? Seq)> FindAsync(string room, string by, string clientId, CancellationToken cancellationToken) =>
        await _alike.ReadAsync(NameOf(room, by, clientId), cancellationToken) switch
        {
            DocumentRead<Alike>.Held(var held) => (true, held?.Ids.GetValueOrDefault(clientId) is > 0 and var seq ? seq : null),
            _ => (false, null),
        };

    /// <summary>Takes those of some events; whether they are safe then.</summary>
    public async Task<bool> TakeAsync(string room, IEnumerable<RoomEvent> events, CancellationToken cancellationToken) =>
        (await Task.WhenAll(events.Where(one => one.ClientId is not null).GroupBy(one => NameOf(room, one.By, one.ClientId!), StringComparer.Ordinal).Select(async group =>
            await _alike.ChangeAsync(group.Key, alike => With(alike, group), cancellationToken) is not DocumentChange<Alike>.NoQuorum))).All(done => done);

    private static Alike With(Alike? before, IEnumerable<RoomEvent> events)
    {
        var ids = before?.Ids ?? ImmutableDictionary<string, long>.Empty;
        var missing = events.Where(one => !ids.ContainsKey(one.ClientId!)).ToList();
        if (before is not null && missing.Count == 0)
            return before;
        ids = ids.AddRange(missing.Select(one => KeyValuePair.Create(one.ClientId!, one.Seq)));
        return new Alike(ids.Count <= MostAlike ? ids : ids.OrderByDescending(one => one.Value).Take(MostAlike).ToImmutableDictionary());
    }

    // Names may be long: their hash is not.
    private static string NameOf(string room, string by, string clientId) =>
        $"{room}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(by)).AsSpan(0, 16))}/{clientId.AsSpan(0, PrefixLength)}";

    private sealed record Alike(ImmutableDictionary<string, long> Ids);
}
