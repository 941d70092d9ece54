namespace Serverless.Chat;

/// <summary>What somebody wants to do in a room.</summary>
/// <param name="By">Who.</param>
/// <param name="Id">The event's snowflake, should it become one.</param>
/// <param name="At">Now.</param>
internal abstract record RoomOrder(string By, string Id, DateTimeOffset At)
{
    /// <summary>A message, an edit or a deletion.</summary>
    /// <param name="By">Who.</param>
    /// <param name="Id">The event's snowflake, should it become one.</param>
    /// <param name="At">Now.</param>
    /// <param name="Kind">Which of them.</param>
    /// <param name="ClientId">The sender's name for it.</param>
    /// <param name="Text">Of a message or an edit.</param>
    /// <param name="ReplyTo">Of a message.</param>
    /// <param name="Target">Of an edit or a deletion.</param>
    internal sealed record Send(string By, string Id, DateTimeOffset At, EventKind Kind, string ClientId, string? Text, long? ReplyTo, long? Target) : RoomOrder(By, Id, At)
    {
        /// <summary>The history was asked for the client id when the room's events up to this one were in it, and had none; null: not asked.</summary>
        public long? NewIn { get; init; }

        /// <summary>The target, as the history has it, when it is no longer in the tail.</summary>
        public RoomEvent? Found { get; init; }
    }

    internal sealed record Add(string By, string Id, DateTimeOffset At, string User) : RoomOrder(By, Id, At);

    internal sealed record Remove(string By, string Id, DateTimeOffset At, string User) : RoomOrder(By, Id, At);

    internal sealed record Rename(string By, string Id, DateTimeOffset At, string Name) : RoomOrder(By, Id, At);

    /// <summary>In a direct room: hear nothing from the other, or hear them again. No event: the other is not told.</summary>
    internal sealed record Block(string By, string Id, DateTimeOffset At, bool Blocks) : RoomOrder(By, Id, At);

    /// <summary>The history has the events up to this one. Nobody's wish.</summary>
    internal sealed record Trim(long Copied) : RoomOrder("", "", default);
}

/// <summary>What becomes of an order.</summary>
internal abstract record RoomOutcome
{
    /// <summary>It is an event now.</summary>
    internal sealed record Done(RoomEvent Event) : RoomOutcome
    {
        /// <summary>Ends when those who are connected have been told, or that was given up.</summary>
        public Task Told { get; init; } = Task.CompletedTask;
    }

    /// <summary>It was one before.</summary>
    internal sealed record Repeated(RoomEvent Event) : RoomOutcome;

    /// <summary>All is as it should be, without an event.</summary>
    internal sealed record Settled : RoomOutcome;

    internal sealed record Refused(RoomRefusal Why) : RoomOutcome;

    /// <summary>The history must be asked for the client id first.</summary>
    /// <param name="Copied">How far it reaches.</param>
    internal sealed record AskIds(long Copied) : RoomOutcome;

    /// <summary>The history must be asked for the target first.</summary>
    internal sealed record AskTarget : RoomOutcome;

    /// <summary>The tail must be copied first.</summary>
    internal sealed record TailFull : RoomOutcome;

    internal sealed record NoQuorum(int Answered, int Needed) : RoomOutcome;
}

/// <summary>Why something is not done in a room.</summary>
internal enum RoomRefusal
{
    /// <summary>There is no such room.</summary>
    Unknown,
    NotMember,
    NotOwner,

    /// <summary>One of the two wants no messages.</summary>
    Blocked,

    /// <summary>A direct room has its two members and no name.</summary>
    Direct,
    MembersFull,

    /// <summary>Nobody is removed who is not in it.</summary>
    NoSuchMember,

    /// <summary>There is no such message, or none that the caller sees.</summary>
    NoSuchMessage,
    NotAuthor,
    IsDeleted,

    /// <summary>The client id names another message of the same sender.</summary>
    ClientIdReused,

    /// <summary>With members of the longest names there is no room for it.</summary>
    TooLarge,
}
