using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>
/// The chunks that are not done yet, of all notifications: the outbox. A chunk is noted here before its notification is stored, and leaves when all its deliveries have come to an end; whatever
/// message the queue loses, or was never given, is found missing from here. Spread over registers so that many instances may accept at once.
/// </summary>
/// <param name="registers">Changes them.</param>
/// <param name="store">Reads them.</param>
/// <param name="views">Which region this is.</param>
public sealed class OpenChunks(StrictRegisters registers, ReplicatedStore store, ClusterViews views)
{
    /// <summary>Where they are kept.</summary>
    public const string Space = "notifyopen";

    /// <summary>Registers: 32, each with room for some 1,500 chunks.</summary>
    public const int Slots = 32;

    private readonly Documents<OpenSlot> _slots = new(Space, registers, store);

    /// <summary>Notes a notification's chunks; those that are there stay as they are. Nothing may be accepted before.</summary>
    /// <param name="notification">Its id.</param>
    /// <param name="chunks">Its chunks.</param>
    /// <param name="now">The time.</param>
    /// <param name="look">When to look at them first.</param>
    /// <param name="cancellationToken">Ends only the wait for others.</param>
    internal Task<DocumentChange<OpenSlot>> AddAsync(
        string notification, IEnumerable<ChunkName> chunks, DateTimeOffset now, DateTimeOffset look, CancellationToken cancellationToken)
    {
        var added = chunks.ToDictionary(chunk => chunk.ToString(), _ => new OpenChunk(views.Region, now, look), StringComparer.Ordinal);
        return _slots.ChangeAsync(
            NameOf(SlotOf(notification)), slot => (slot ?? OpenSlot.Empty).With(added.Where(one => slot?.Chunks.ContainsKey(one.Key) != true)), cancellationToken);
    }

    /// <summary>Notes a chunk once more, whether or not it is there: it is not parked, and looked at soon.</summary>
    internal Task<DocumentChange<OpenSlot>> ReopenAsync(ChunkName chunk, DateTimeOffset now, CancellationToken cancellationToken) => _slots.ChangeAsync(
        NameOf(SlotOf(chunk.Notification)), slot => (slot ?? OpenSlot.Empty).With([KeyValuePair.Create(chunk.ToString(), new OpenChunk(views.Region, now, now + OpenSweeper.Patience))]), cancellationToken);

    /// <summary>The chunks of one register; null when it cannot be told.</summary>
    internal async Task<OpenSlot?> ReadAsync(int slot, CancellationToken cancellationToken) =>
        await _slots.ReadAsync(NameOf(slot), cancellationToken) is DocumentRead<OpenSlot>.Held(var value) ? value ?? OpenSlot.Empty : null;

    /// <summary>Changes chunks of one register, each if it is there; a null one leaves.</summary>
    internal Task<DocumentChange<OpenSlot>> ChangeAsync(int slot, IReadOnlyDictionary<string, Func<OpenChunk, OpenChunk?>> changes, CancellationToken cancellationToken) =>
        _slots.ChangeAsync(NameOf(slot), open => open?.After(changes), cancellationToken, exists: true);

    /// <summary>Which register has a notification's chunks.</summary>
    internal static int SlotOf(string notification) => (int)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(notification)) % Slots);

    private static string NameOf(int slot) => slot.ToString("d2", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>One register of open chunks, by their names. Immutable.</summary>
internal sealed record OpenSlot(ImmutableSortedDictionary<string, OpenChunk> Chunks)
{
    public static readonly OpenSlot Empty = new(ImmutableSortedDictionary.Create<string, OpenChunk>(StringComparer.Ordinal));

    /// <summary>With more; itself when there are none.</summary>
    public OpenSlot With(IEnumerable<KeyValuePair<string, OpenChunk>> added)
    {
        var chunks = Chunks.SetItems(added);
        return chunks == Chunks ? this : new(chunks);
    }

    /// <summary>After changes; itself when they change nothing.</summary>
    public OpenSlot After(IReadOnlyDictionary<string, Func<OpenChunk, OpenChunk?>> changes)
    {
        var chunks = Chunks;
        foreach (var (name, change) in changes)
        {
            if (chunks.TryGetValue(name, out var there))
                chunks = change(there) is { } next ? chunks.SetItem(name, next) : chunks.Remove(name);
        }

        return chunks == Chunks ? this : new(chunks);
    }
}

/// <summary>A chunk that is not done yet.</summary>
/// <param name="Region">Whose sweeper looks after it, while it lives.</param>
/// <param name="Noted">When it was noted.</param>
/// <param name="Look">When to look at it next.</param>
/// <param name="Looks">How often it was found without progress: the pauses grow.</param>
/// <param name="Parked">Why its messages became dead letters; null: they did not. It is left alone until an operator lets it go on.</param>
internal sealed record OpenChunk(string Region, DateTimeOffset Noted, DateTimeOffset Look, int Looks = 0, string? Parked = null);
