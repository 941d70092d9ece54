using System.Collections.Immutable;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>Everybody's list of notifications inside the app, a register each: an entry is there once, however often it is delivered.</summary>
public sealed class InboxStore(StrictRegisters registers, ReplicatedStore store)
{
    /// <summary>Where they are kept.</summary>
    public const string Space = "notifyinbox";

    private readonly Documents<InboxList> _lists = new(Space, registers, store);

    internal Task<DocumentRead<InboxList>> ReadAsync(string user, CancellationToken cancellationToken) => _lists.ReadAsync(user, cancellationToken);

    /// <summary>Adds an entry unless its delivery is there already.</summary>
    internal Task<DocumentChange<InboxList>> AddAsync(string user, Func<long, InboxEntry> entry, CancellationToken cancellationToken) =>
        _lists.ChangeAsync(user, list => (list ?? InboxList.Empty).With(entry), cancellationToken);

    /// <summary>Marks everything up to an entry as read.</summary>
    internal Task<DocumentChange<InboxList>> MarkReadAsync(string user, long upTo, CancellationToken cancellationToken) =>
        _lists.ChangeAsync(user, list => list?.ReadUpTo(upTo), cancellationToken);
}

/// <param name="Number">Its place in the list: each greater than those before.</param>
/// <param name="Delivery">Which delivery it is.</param>
/// <param name="At">When it came.</param>
/// <param name="Category">Such as "security".</param>
/// <param name="Title">Null when it has none.</param>
/// <param name="Body">Plain text.</param>
/// <param name="EventsUrl">Where it is told that it was opened or clicked; null when there is no such place.</param>
internal sealed record InboxEntry(long Number, string Delivery, DateTimeOffset At, string Category, string? Title, string Body, string? EventsUrl);

/// <summary>Somebody's list. Immutable.</summary>
/// <param name="Entries">The oldest first.</param>
/// <param name="Last">The number of the newest there ever was.</param>
/// <param name="Read">Everything up to here was read.</param>
internal sealed record InboxList(ImmutableArray<InboxEntry> Entries, long Last, long Read)
{
    /// <summary>Entries that are kept: 200, and fewer when they are long.</summary>
    public const int MostEntries = 200;

    // As they are stored, letters beyond ASCII take up to six bytes; all must fit a register.
    private const int MostCharacters = 16 * 1024;

    public static readonly InboxList Empty = new([], 0, 0);

    public int Unread => Entries.Count(entry => entry.Number > Read);

    /// <summary>With one more; itself when it is there.</summary>
    public InboxList With(Func<long, InboxEntry> entry)
    {
        var added = entry(Last + 1);
        if (Entries.Any(there => there.Delivery == added.Delivery))
            return this;
        var (kept, characters) = (new List<InboxEntry> { added }, LengthOf(added));
        for (var i = Entries.Length - 1; i >= 0 && kept.Count < MostEntries && (characters += LengthOf(Entries[i])) <= MostCharacters; i--)
            kept.Add(Entries[i]);
        kept.Reverse();
        return new([.. kept], added.Number, Read);
    }

    /// <summary>Read further; itself when it was read so far.</summary>
    public InboxList ReadUpTo(long number) => Math.Min(number, Last) is var upTo && upTo > Read ? this with { Read = upTo } : this;

    private static int LengthOf(InboxEntry entry) => (entry.Title?.Length ?? 0) + entry.Body.Length + (entry.EventsUrl?.Length ?? 0) + entry.Category.Length + 100;
}
