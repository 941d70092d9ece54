namespace Serverless.Chat;

/// <summary>What happened in a room. Written by name in JSON; new kinds may come, and clients pass over what they do not know.</summary>
internal enum EventKind
{
    /// <summary>The first event of every room.</summary>
    Created,
    Text,

    /// <summary>The text of an earlier message is another since.</summary>
    Edited,

    /// <summary>The text of an earlier message is gone.</summary>
    Deleted,
    Joined,
    Left,
    Renamed,
}

/// <summary>One event of a room's sequence, as it is stored, told and pushed.</summary>
/// <param name="Seq">Its place: 1, 2, 3 … without holes.</param>
/// <param name="Id">A snowflake: unique among all rooms.</param>
/// <param name="At">When it was accepted, by the clock of the instance that did; never earlier than the event before.</param>
/// <param name="By">Who did it.</param>
/// <param name="Kind">What it is.</param>
internal sealed record RoomEvent(long Seq, string Id, DateTimeOffset At, string By, EventKind Kind)
{
    /// <summary>The sender's name for it, a UUID; null for what is no message.</summary>
    public string? ClientId { get; init; }

    /// <summary>Of a text, or of an edit; null once it was deleted.</summary>
    public string? Text { get; init; }

    /// <summary>The message that this one answers.</summary>
    public long? ReplyTo { get; init; }

    /// <summary>The message that an edit or a deletion is about.</summary>
    public long? Target { get; init; }

    /// <summary>Who joined or left.</summary>
    public string? User { get; init; }

    /// <summary>The room's new name.</summary>
    public string? Name { get; init; }

    /// <summary>True when the text was deleted.</summary>
    public bool? Erased { get; init; }

    /// <summary>True in the history alone, when the text lies in a register of its own.</summary>
    public bool? Apart { get; init; }

    /// <summary>The same event without its words.</summary>
    public RoomEvent Blank() => Erased == true ? this : this with { Text = null, Erased = true, Apart = null };
}
