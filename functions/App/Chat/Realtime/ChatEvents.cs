namespace Serverless.Chat;

/// <summary>
/// What clients are told, each as {"v": 1, "type": …}. Later versions of a type keep its fields; clients pass over types and fields that they do not know.
/// </summary>
internal static class ChatEvents
{
    public const int Version = 1;

    /// <summary>Events of a room, in order; those that a device has already are to be passed over.</summary>
    public static object Events(string room, IReadOnlyList<RoomEvent> events) => new { v = Version, type = "events", room, events };

    /// <summary>A room has events up to this number: ask for them.</summary>
    public static object Head(string room, long seq) => new { v = Version, type = "head", room, seq };

    /// <summary>A member's marks moved.</summary>
    public static object Marks(string room, string user, Mark mark) => new { v = Version, type = "marks", room, user, received = mark.Received, read = mark.Read };

    /// <summary>A member writes, or has stopped; without another such event it has stopped after 15 s.</summary>
    public static object Typing(string room, string user, bool typing) => new { v = Version, type = "typing", room, user, typing };

    /// <summary>Somebody's presence changed.</summary>
    public static object Presence(string user, Status status, DateTimeOffset? lastSeen) => new { v = Version, type = "presence", user, status, lastSeen };

    /// <summary>The user is in a room now, or no longer.</summary>
    public static object Membership(string room, bool member) => new { v = Version, type = "membership", room, member };

    /// <summary>How the user stands to somebody.</summary>
    public static object Contact(string user, ContactState state) => new { v = Version, type = "contact", user, state };
}
