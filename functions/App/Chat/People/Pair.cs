namespace Serverless.Chat;

/// <summary>What one of two wants of the other.</summary>
internal enum Stance
{
    None,

    /// <summary>To talk: a request, until the other wants it too.</summary>
    Contact,

    /// <summary>To hear nothing. The other is not told.</summary>
    Blocked,
}

/// <summary>How somebody stands to a contact, as that somebody sees it.</summary>
internal enum ContactState
{
    None,
    Requested,
    Invited,
    Contact,
    Blocked,
}

/// <summary>Two people: what each wants of the other, and the room that is theirs. One register, so that both see one order of things.</summary>
/// <param name="First">The stance of the one whose name comes first in ordinal order.</param>
/// <param name="Second">That of the other.</param>
/// <param name="Room">Their direct room; null until one of them opened it. Never changed.</param>
internal sealed record Pair(Stance First, Stance Second, string? Room)
{
    public static readonly Pair Strangers = new(Stance.None, Stance.None, null);

    /// <summary>Each wants to talk to the other.</summary>
    public bool AreContacts => First == Stance.Contact && Second == Stance.Contact;

    public bool IsBlocked => First == Stance.Blocked || Second == Stance.Blocked;

    public Stance StanceOf(string user, string other) => IsFirst(user, other) ? First : Second;

    public Pair With(string user, string other, Stance stance) => IsFirst(user, other) ? this with { First = stance } : this with { Second = stance };

    /// <summary>What a user sees: not whether the other has blocked.</summary>
    public ContactState SeenBy(string user, string other) => (StanceOf(user, other), StanceOf(other, user)) switch
    {
        (Stance.Blocked, _) => ContactState.Blocked,
        (Stance.Contact, Stance.Contact) => ContactState.Contact,
        (Stance.Contact, _) => ContactState.Requested,
        (Stance.None, Stance.Contact) => ContactState.Invited,
        _ => ContactState.None,
    };

    private static bool IsFirst(string user, string other) => string.CompareOrdinal(user, other) < 0;
}
