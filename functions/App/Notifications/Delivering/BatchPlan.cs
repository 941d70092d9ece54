using System.Collections.Immutable;

namespace Serverless.Notifications;

/// <summary>Decides what becomes of a batch, purely: each step is a function of the batch, of what the worker brings, and of the time.</summary>
/// <param name="options">Bounds.</param>
/// <param name="expires">When the notification is no longer worth delivering.</param>
internal sealed class BatchPlan(NotificationsOptions options, DateTimeOffset expires)
{
    /// <summary>The code of an attempt whose worker died, or lost its claim, before it told what came of it.</summary>
    public const string Lost = "lost";

    private TimeSpan Lease => TimeSpan.FromSeconds(options.LeaseSeconds);

    private TimeSpan Margin => TimeSpan.FromSeconds(options.ClockMarginSeconds);

    /// <summary>Stores what a worker's wave came to and claims its next, in one step. The batch as it was when there is nothing to change.</summary>
    /// <param name="batch">As it is stored.</param>
    /// <param name="owner">The worker's run.</param>
    /// <param name="outcomes">Of its last wave, by delivery; those that it did not come to are missing.</param>
    /// <param name="provider">As attempts name it that nobody can tell about.</param>
    /// <param name="jitter">From 0 to 1.</param>
    /// <param name="now">The time.</param>
    public Batch Next(Batch batch, ulong owner, IReadOnlyDictionary<int, Outcome> outcomes, string provider, double jitter, DateTimeOffset now)
    {
        var next = Settle(batch, owner, outcomes, jitter, now);
        if (next.Claim is { } other)
        {
            if (now < other.Until + Margin)
                return next;
            next = Released(next, other, provider, now);
        }

        var deliveries = next.Deliveries.ToBuilder();
        var wave = ImmutableArray.CreateBuilder<int>();
        for (var i = 0; i < deliveries.Count; i++)
        {
            var delivery = deliveries[i];
            if (delivery.State != DeliveryState.Queued)
                continue;
            if (now >= expires)
            {
                deliveries[i] = Ended(delivery, Delivery.Expired);
            }
            else if ((delivery.Due is null || delivery.Due <= now) && wave.Count < options.AtOnce)
            {
                deliveries[i] = delivery with { State = DeliveryState.Sending, Why = null, Due = null };
                wave.Add(i);
            }
        }

        var same = wave.Count == 0 && next.Deliveries.SequenceEqual(deliveries);
        return same ? next : next with { Deliveries = deliveries.ToImmutable(), Claim = wave.Count > 0 ? new Claim(owner, now + Lease, wave.ToImmutable()) : null };
    }

    /// <summary>When to look at a batch again that this worker may do nothing for now; null: never, it is done.</summary>
    public DateTimeOffset? LookAgain(Batch batch) => batch.Claim is { } other ? other.Until + Margin : batch.NextDue;

    /// <summary>Stores what a worker's wave came to and claims nothing.</summary>
    public Batch Settle(Batch batch, ulong owner, IReadOnlyDictionary<int, Outcome> outcomes, double jitter, DateTimeOffset now)
    {
        var isMine = batch.Claim?.Owner == owner;
        if (!isMine && outcomes.Count == 0)
            return batch;
        var deliveries = batch.Deliveries.ToBuilder();
        foreach (var (i, outcome) in outcomes)
        {
            // Somebody took the claim for dead. What was delivered meanwhile is still worth knowing, if nobody sends it again right now.
            if (isMine ? deliveries[i].State == DeliveryState.Sending : deliveries[i].State == DeliveryState.Queued && outcome is Outcome.Answered { Answer: ProviderAnswer.Taken })
                deliveries[i] = After(deliveries[i], outcome, jitter, now);
        }

        if (!isMine)
            return deliveries.SequenceEqual(batch.Deliveries) ? batch : batch with { Deliveries = deliveries.ToImmutable() };
        foreach (var i in batch.Claim!.Deliveries.Where(i => deliveries[i].State == DeliveryState.Sending))
            deliveries[i] = deliveries[i] with { State = DeliveryState.Queued, Due = now };
        return batch with { Deliveries = deliveries.ToImmutable(), Claim = null };
    }

    // Whoever held them is gone, and with it the knowledge of what the provider has: each is tried again, and says so.
    private Batch Released(Batch batch, Claim lost, string provider, DateTimeOffset now)
    {
        var deliveries = batch.Deliveries.ToBuilder();
        foreach (var i in lost.Deliveries.Where(i => deliveries[i].State == DeliveryState.Sending))
            deliveries[i] = Again(deliveries[i], new Attempt(now, provider, AttemptOutcome.Unknown, Lost), now);
        return batch with { Deliveries = deliveries.ToImmutable(), Claim = null };
    }

    private Delivery After(Delivery delivery, Outcome outcome, double jitter, DateTimeOffset now) => outcome switch
    {
        Outcome.Suppressed(var why) => Ended(delivery, why, DeliveryState.Suppressed),
        Outcome.PutOff(var until, var why) => delivery with { State = DeliveryState.Queued, Due = until, Why = why },
        Outcome.Answered(var provider, var answer) => After(delivery, provider, answer, RetryPolicy.Pause(delivery.Tried + 1, jitter), now),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private Delivery After(Delivery delivery, string provider, ProviderAnswer answer, TimeSpan pause, DateTimeOffset now) => answer switch
    {
        ProviderAnswer.Taken(var code, var id) => With(delivery, new(now, provider, AttemptOutcome.Taken, code, id)) with { State = DeliveryState.Delivered, Why = null, Due = null },
        ProviderAnswer.AddressDead(var code, _) => Ended(With(delivery, new(now, provider, AttemptOutcome.AddressDead, code)), Delivery.AddressDead, DeliveryState.Failed),
        ProviderAnswer.Refused(var code, var why) => Ended(With(delivery, new(now, provider, AttemptOutcome.Refused, code)), why, DeliveryState.Failed),

        // Not the recipient's matter: such a pause is not counted, only the notification's time ends it.
        ProviderAnswer.Misconfigured(var code, _) => delivery with { State = DeliveryState.Queued, Due = now + RetryPolicy.Misconfigured, Why = code },
        ProviderAnswer.Later { WasAsked: false } later => delivery with { State = DeliveryState.Queued, Due = now + (later.After ?? pause), Why = later.Code },
        ProviderAnswer.Later(var code, var after) => Again(delivery, new(now, provider, AttemptOutcome.Later, code), now + (after > pause ? after.Value : pause)),
        ProviderAnswer.Unknown(var code) => Again(delivery, new(now, provider, AttemptOutcome.Unknown, code), now + pause),
        _ => throw new ArgumentOutOfRangeException(nameof(answer)),
    };

    private Delivery Again(Delivery delivery, Attempt attempt, DateTimeOffset due)
    {
        var tried = With(delivery, attempt);
        return tried.Tried >= options.MaxAttempts ? Ended(tried, Delivery.Exhausted) : tried with { State = DeliveryState.Queued, Due = due, Why = attempt.Code };
    }

    private static Delivery With(Delivery delivery, Attempt attempt) => delivery with { Attempts = delivery.Attempts.Add(attempt) };

    // Given up: failed, unless some attempt may have arrived.
    private static Delivery Ended(Delivery delivery, string why, DeliveryState? state = null) => delivery with
    {
        State = state ?? (delivery.IsInDoubt ? DeliveryState.Unknown : DeliveryState.Failed),
        Why = why,
        Due = null,
    };
}
