using System.Collections.Immutable;

namespace Serverless.Chat;

/// <summary>
/// Part of a room's history: the events from 16 k + 1 to 16 k + 16, as many of them as were copied. It only grows at its end, and only with what the room had already decided, so every copy of it that
/// was ever stored is true; only words that were deleted go.
/// </summary>
/// <param name="Events">In order, from the block's first.</param>
/// <param name="Edits">Which events edited which of these.</param>
internal sealed record HistoryBlock(ImmutableArray<RoomEvent> Events, ImmutableArray<EditMark> Edits)
{
    /// <summary>Events of a full block: 16. With texts of up to <see cref="LongestText"/> they fit a register, whatever the script.</summary>
    public const int Length = 16;

    /// <summary>UTF-16 units of the longest text that lies in the block: 900. JSON may take six bytes for one.</summary>
    public const int LongestText = 900;

    public static readonly HistoryBlock Empty = new([], []);

    /// <summary>The block in which an event lies.</summary>
    public static long NumberOf(long seq) => (seq - 1) / Length;

    /// <summary>The first event of a block.</summary>
    public static long FirstOf(long number) => number * Length + 1;

    /// <summary>The same block with those of <paramref name="events"/> that come after its last.</summary>
    public HistoryBlock With(long number, IEnumerable<RoomEvent> events) =>
        events.Where(one => one.Seq >= FirstOf(number) + Events.Length).ToList() is { Count: > 0 } missing ? this with { Events = Events.AddRange(missing) } : this;

    /// <summary>The same block, knowing of an edit.</summary>
    public HistoryBlock With(EditMark edit) => Edits.Contains(edit) ? this : this with { Edits = Edits.Add(edit) };

    /// <summary>The same block without the words of one event.</summary>
    public HistoryBlock Without(long seq) =>
        Events.FirstOrDefault(one => one.Seq == seq) is { Erased: not true } one ? this with { Events = Events.Replace(one, one.Blank()) } : this;
}

/// <param name="Target">The event that was edited.</param>
/// <param name="By">The event that did.</param>
internal readonly record struct EditMark(long Target, long By);
