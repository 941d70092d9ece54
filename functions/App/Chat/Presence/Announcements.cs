using System.Collections.Immutable;

namespace Serverless.Chat;

/// <summary>Tells those who look at one of somebody's rooms, and nobody else, that this somebody came or went.</summary>
internal sealed class Announcements(Pushes pushes, TimeProvider clock)
{
    /// <summary>Rooms whose lookers are told: 50. Who looks at others sees it when asking.</summary>
    public const int MostRooms = 50;

    public Task TellAsync(string user, PresenceRecord record, ImmutableSortedSet<string> rooms) =>
        rooms.Count == 0 ? Task.CompletedTask : pushes.ToLookersAsync(rooms.Take(MostRooms), ChatEvents.Presence(user, record.SeenAt(clock.GetUtcNow()), record.LastSeen));
}
