using System.Collections.Immutable;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>What could not be delivered and waits for an operator: deliveries tried as often as they may be, and messages that no worker could carry out. The latest of each register are kept.</summary>
public sealed class DeadLetters(StrictRegisters registers, ReplicatedStore store)
{
    /// <summary>Where they are kept.</summary>
    public const string Space = "notifydead";

    /// <summary>Registers: 8.</summary>
    public const int Slots = 8;

    private readonly Documents<DeadSlot> _slots = new(Space, registers, store);

    /// <summary>Keeps dead letters, each once by its name; false when that cannot be told.</summary>
    internal async Task<bool> AddAsync(IEnumerable<DeadLetter> letters, CancellationToken cancellationToken)
    {
        var changes = await Task.WhenAll(letters.GroupBy(letter => SlotOf(letter.Id)).Select(same => _slots.ChangeAsync(
            NameOf(same.Key), slot => (slot ?? DeadSlot.Empty).With(same), cancellationToken)));
        return Array.TrueForAll(changes, change => change is DocumentChange<DeadSlot>.Written or DocumentChange<DeadSlot>.Unchanged);
    }

    /// <summary>Takes one out: it begins anew.</summary>
    internal Task RemoveAsync(string id, CancellationToken cancellationToken) =>
        _slots.ChangeAsync(NameOf(SlotOf(id)), slot => slot?.Without(id), cancellationToken);

    /// <summary>All that are kept, the latest first; null when they cannot be told.</summary>
    internal async Task<IReadOnlyList<DeadLetter>?> ListAsync(CancellationToken cancellationToken)
    {
        var read = await Task.WhenAll(Enumerable.Range(0, Slots).Select(slot => _slots.ReadAsync(NameOf(slot), cancellationToken)));
        return Array.Exists(read, one => one is DocumentRead<DeadSlot>.NoQuorum)
            ? null
            : [.. read.OfType<DocumentRead<DeadSlot>.Held>().SelectMany(one => one.Value?.Letters ?? []).OrderByDescending(letter => letter.Since).ThenBy(letter => letter.Id, StringComparer.Ordinal)];
    }

    private static int SlotOf(string id) => (int)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(id)) % Slots);

    private static string NameOf(int slot) => slot.ToString(CultureInfo.InvariantCulture);
}

/// <param name="Id">A delivery, or the chunk whose messages could not be carried out.</param>
/// <param name="Since">When it became one.</param>
/// <param name="Reason">Why.</param>
internal sealed record DeadLetter(string Id, DateTimeOffset Since, string Reason);

/// <summary>One register of dead letters, in the order in which they came. Immutable.</summary>
internal sealed record DeadSlot(ImmutableArray<DeadLetter> Letters)
{
    /// <summary>Kept in one register: 500. Of older ones the ledger still tells.</summary>
    public const int MostLetters = 500;

    public static readonly DeadSlot Empty = new([]);

    /// <summary>With those that are not there yet; itself when all are.</summary>
    public DeadSlot With(IEnumerable<DeadLetter> added)
    {
        var fresh = added.Where(letter => !Letters.Any(there => there.Id == letter.Id)).ToList();
        return fresh.Count == 0 ? this : new([.. Letters.Concat(fresh).TakeLast(MostLetters)]);
    }

    /// <summary>Without one; itself when it is not there.</summary>
    public DeadSlot Without(string id) => Letters.RemoveAll(letter => letter.Id == id) is var left && left.Length == Letters.Length ? this : new(left);
}
