using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>
/// After a batch changed: tells the hour's counts and the dead letters what they do not know yet. First noted in the batch, then told, then taken off the batch: whoever finds the note goes on from there.
/// </summary>
internal sealed partial class Settlement(
    LedgerStore ledger, CountStore counts, DeadLetters dead, IOptions<NotificationsOptions> options, TimeProvider clock, Random random, ILogger<Settlement> logger)
{
    /// <summary>Tells them; what cannot be told now the next look at the batch tells.</summary>
    public async Task RunAsync(Notification notification, BatchName name, Batch batch, CancellationToken cancellationToken)
    {
        if (batch.Transfer is null)
        {
            if (Counts.Of(batch.Deliveries) == batch.Counted)
                return;
            var (token, hour) = (SecureRandom.Next64(random), CountStore.HourOf(clock.GetUtcNow()));
            var noted = await ledger.ChangeAsync(name, now => Noted(now, token, hour), cancellationToken);
            if (noted is not DocumentChange<Batch>.Written(var value))
                return;
            batch = value;
        }

        var transfer = batch.Transfer!;
        if (!await dead.AddAsync(Exhausted(name, batch), cancellationToken) || !await counts.AddAsync(notification.Kind, name.Carrier, transfer, cancellationToken))
        {
            LogLater(name);
            return;
        }

        await ledger.ChangeAsync(
            name, now => now.Transfer?.Token == transfer.Token ? now with { Counted = now.Counted + transfer.Counts, Transfer = null } : now, cancellationToken);
    }

    private static Batch Noted(Batch batch, ulong token, DateTimeOffset hour) =>
        batch.Transfer is null && Counts.Of(batch.Deliveries) - batch.Counted is var more && more != Counts.None
            ? batch with { Transfer = new CountTransfer(token, hour, more) }
            : batch;

    private IEnumerable<DeadLetter> Exhausted(BatchName name, Batch batch) => batch.Deliveries
        .Select((delivery, number) => (delivery, number))
        .Where(one => one.delivery is { IsFinal: true, Why: Delivery.Exhausted } && one.delivery.Tried >= options.Value.MaxAttempts)
        .Select(one => new DeadLetter(new DeliveryName(name, one.number).ToString(), one.delivery.Attempts[^1].At, $"{Delivery.Exhausted}: {one.delivery.Attempts[^1].Code}"));

    [LoggerMessage(Level = LogLevel.Warning, Message = "What became of batch {Batch} cannot be counted now")]
    private partial void LogLater(BatchName batch);
}
