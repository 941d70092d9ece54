using System.Collections.Immutable;

namespace Serverless.Notifications;

/// <summary>Deliveries that one carrier takes, and all that became of them: a register, so that of many workers one has each delivery. Immutable.</summary>
/// <param name="Queued">When it was put on its queue first.</param>
/// <param name="Deliveries">At most <see cref="MostDeliveries"/>.</param>
/// <param name="Claim">Who is sending, and what; null: nobody.</param>
/// <param name="Counted">What the hourly counts know of it already.</param>
/// <param name="Transfer">What they are being told; null: nothing.</param>
internal sealed record Batch(DateTimeOffset Queued, ImmutableArray<Delivery> Deliveries, Claim? Claim, Counts Counted, CountTransfer? Transfer)
{
    /// <summary>Deliveries of one batch: 100.</summary>
    public const int MostDeliveries = 100;

    /// <summary>Nothing is left to do: every delivery has come to an end, and the counts know.</summary>
    public bool IsDone => Claim is null && Transfer is null && Deliveries.All(delivery => delivery.IsFinal) && Counts.Of(Deliveries) == Counted;

    /// <summary>When the next delivery that waits may be sent; null when none waits.</summary>
    public DateTimeOffset? NextDue => Deliveries.Where(delivery => delivery.State == DeliveryState.Queued).Min(delivery => delivery.Due);

    public static Batch Of(DateTimeOffset now, IEnumerable<Delivery> deliveries) => new(now, [.. deliveries], null, Counts.None, null);
}

/// <summary>A worker's hold on deliveries that it may be handing to the provider.</summary>
/// <param name="Owner">Random; names the worker's run.</param>
/// <param name="Until">When it ends by itself, by the clock of whoever took it.</param>
/// <param name="Deliveries">Their numbers.</param>
internal sealed record Claim(ulong Owner, DateTimeOffset Until, ImmutableArray<int> Deliveries);
