using Serverless.Http;

namespace Serverless.Chat;

/// <summary>
/// What clients are told, each as {"v": 1, "type": …}. Later versions of a type keep its fields; clients pass over types and fields that they do not know.
/// </summary>
internal static class ChatEvents
{
    public const int Version = 1;

    /// <summary>Events of a room, in order; those that a device has already are to be passed over.</summary>
    public static object Events(string room, IReadOnlyList<RoomEvent> events) => new EventsPush(room, events);

    /// <summary>A room has events up to this number: ask for them.</summary>
    public static object Head(string room, long seq) => new HeadPush(room, seq);

    /// <summary>A member's marks moved.</summary>
    public static object Marks(string room, string user, Mark mark) => new MarksPush(room, user, mark.Received, mark.Read);

    /// <summary>A member writes, or has stopped; without another such event it has stopped after 15 s.</summary>
    public static object Typing(string room, string user, bool typing) => new TypingPush(room, user, typing);

    /// <summary>Somebody's presence changed.</summary>
    public static object Presence(string user, Status status, DateTimeOffset? lastSeen) => new PresencePush(user, status, lastSeen);

    /// <summary>The user is in a room now, or no longer.</summary>
    public static object Membership(string room, bool member) => new MembershipPush(room, member);

    /// <summary>How the user stands to somebody.</summary>
    public static object Contact(string user, ContactState state) => new ContactPush(user, state);
}

/// <summary>One push to the clients' method "chat".</summary>
/// <param name="Type">Which, in one word.</param>
internal abstract record ChatPush(string Type)
{
    public int V { get; } = ChatEvents.Version;
}

[Push("chat", "events")]
internal sealed record EventsPush(string Room, IReadOnlyList<RoomEvent> Events) : ChatPush("events");

[Push("chat", "head")]
internal sealed record HeadPush(string Room, long Seq) : ChatPush("head");

[Push("chat", "marks")]
internal sealed record MarksPush(string Room, string User, long Received, long Read) : ChatPush("marks");

[Push("chat", "typing")]
internal sealed record TypingPush(string Room, string User, bool Typing) : ChatPush("typing");

[Push("chat", "presence")]
internal sealed record PresencePush(string User, Status Status, DateTimeOffset? LastSeen) : ChatPush("presence");

[Push("chat", "membership")]
internal sealed record MembershipPush(string Room, bool Member) : ChatPush("membership");

[Push("chat", "contact")]
internal sealed record ContactPush(string User, ContactState State) : ChatPush("contact");
