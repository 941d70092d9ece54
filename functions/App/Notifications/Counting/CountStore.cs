using System.Collections.Immutable;
using System.Globalization;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>
/// Counts by template, channel and hour. Batches tell theirs once: each transfer has a token, and a register remembers those it took lately. Spread over registers, since all batches of a template
/// tell the same hour.
/// </summary>
public sealed class CountStore(StrictRegisters registers, ReplicatedStore store)
{
    /// <summary>Where they are kept.</summary>
    public const string Space = "notifycount";

    /// <summary>Registers of one template and hour: 8.</summary>
    public const int Shards = 8;

    private readonly Documents<CountShard> _shards = new(Space, registers, store);

    /// <summary>Adds a transfer unless it was added before; false when that cannot be told.</summary>
    internal async Task<bool> AddAsync(string kind, Carrier carrier, CountTransfer transfer, CancellationToken cancellationToken) =>
        await _shards.ChangeAsync(
            NameOf(kind, transfer.Hour, (int)(transfer.Token % Shards)), shard => (shard ?? CountShard.Empty).With(carrier, transfer), cancellationToken)
            is DocumentChange<CountShard>.Written or DocumentChange<CountShard>.Unchanged;

    /// <summary>The counts of one hour by channel; null when they cannot be told.</summary>
    internal async Task<IReadOnlyDictionary<Channel, Counts>?> ReadAsync(string kind, DateTimeOffset hour, CancellationToken cancellationToken)
    {
        var read = await Task.WhenAll(Enumerable.Range(0, Shards).Select(shard => _shards.ReadAsync(NameOf(kind, hour, shard), cancellationToken)));
        if (Array.Exists(read, one => one is DocumentRead<CountShard>.NoQuorum))
            return null;
        return read.OfType<DocumentRead<CountShard>.Held>().Where(one => one.Value is not null).SelectMany(one => one.Value!.Carriers)
            .GroupBy(one => one.Key.Channel(), one => one.Value)
            .ToDictionary(same => same.Key, same => same.Aggregate((one, other) => one + other));
    }

    /// <summary>The hour in which a time lies.</summary>
    internal static DateTimeOffset HourOf(DateTimeOffset time) => new(time.UtcDateTime.Date.AddHours(time.UtcDateTime.Hour), TimeSpan.Zero);

    private static string NameOf(string kind, DateTimeOffset hour, int shard) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind}.{hour.UtcDateTime:yyyyMMddHH}.{shard}");
}

/// <summary>One register of counts. Immutable.</summary>
/// <param name="Carriers">What was counted.</param>
/// <param name="Recent">Tokens of the latest transfers.</param>
internal sealed record CountShard(ImmutableSortedDictionary<Carrier, Counts> Carriers, ImmutableArray<ulong> Recent)
{
    /// <summary>Transfers remembered: 1,000. A repetition comes within minutes of the first try, if a worker died between; a register takes far fewer in that time.</summary>
    public const int MostRecent = 1_000;

    public static readonly CountShard Empty = new(ImmutableSortedDictionary<Carrier, Counts>.Empty, []);

    /// <summary>With a transfer; itself when it has it already.</summary>
    public CountShard With(Carrier carrier, CountTransfer transfer) => Recent.Contains(transfer.Token) ? this : new(
        Carriers.SetItem(carrier, Carriers.GetValueOrDefault(carrier, Counts.None) + transfer.Counts),
        [.. Recent.TakeLast(MostRecent - 1), transfer.Token]);
}
