namespace Serverless.Chat;

/// <summary>A room as its members see it.</summary>
/// <param name="With">The other of a direct room.</param>
/// <param name="Seq">The number of its last event.</param>
/// <param name="Since">The first event that the caller may see.</param>
internal sealed record RoomView(
    string Id, RoomKind Kind, string? Name, string? Owner, string? With, long Seq, long Since, DateTimeOffset CreatedAt, IEnumerable<MemberView> Members);

/// <param name="Received">How far; left out where marks were not asked for.</param>
/// <param name="Read">How far; left out where marks were not asked for.</param>
internal sealed record MemberView(string User, long Since, long? Received = null, long? Read = null);

internal sealed record RoomPage(IEnumerable<RoomEntry> Rooms, string? Next);

internal sealed record SyncAnswer(int V, IEnumerable<SyncedRoomView> Rooms, IEnumerable<string> Gone);

/// <param name="Recovered">False: forget what was known of the room, and begin at <paramref name="From"/>.</param>
internal sealed record SyncedRoomView(RoomView Room, bool Recovered, long From, IEnumerable<RoomEvent> Events);

internal sealed record HistoryPage(IEnumerable<RoomEvent> Events, bool More);

internal sealed record MarkView(long Received, long Read);

/// <param name="Heads">The number of the last event of each room.</param>
/// <param name="Seconds">Until the next heartbeat.</param>
/// <param name="Invisible">Others see the user as offline.</param>
internal sealed record HeartbeatAnswer(IReadOnlyDictionary<string, long> Heads, int Seconds, bool Invisible);

internal sealed record PresenceAnswer(IReadOnlyDictionary<string, PresenceView> Users);

internal sealed record PresenceView(Status Status, DateTimeOffset? LastSeen);

internal sealed record ContactsAnswer(IEnumerable<ContactView> Contacts);

/// <param name="Room">The room of the two, if they have one.</param>
internal sealed record ContactView(string User, ContactState State, string? Room);

internal sealed record ProfileView(string User, string? Name, string? Locale, string? Colour, string? Picture);
