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
        // Another worker may be telling what it found a moment ago; what changed since is told next, by whoever comes to it.
        while (batch.Transfer is not null || Counts.Of(batch.Deliveries) != batch.Counted)
        {
            if (await NotedAsync(name, batch, cancellationToken) is not { } noted)
                return;
            if (noted.Transfer is { } transfer)
            {
                if (!await dead.AddAsync(Exhausted(name, noted), cancellationToken) || !await counts.AddAsync(notification.Kind, name.Carrier, transfer, cancellationToken))
                {
                    LogLater(name);
                    return;
                }

                if (Held(await ledger.ChangeAsync(name, now => Told(now, transfer), cancellationToken)) is not { } told)
                    return;
                noted = told;
            }

            batch = noted;
        }
    }

    private async ValueTask<Batch?> NotedAsync(BatchName name, Batch batch, CancellationToken cancellationToken)
    {
        if (batch.Transfer is not null)
            return batch;
        var (token, hour) = (SecureRandom.Next64(random), CountStore.HourOf(clock.GetUtcNow()));
        return Held(await ledger.ChangeAsync(name, now => Noted(now, token, hour), cancellationToken));
    }

    private static Batch? Held(DocumentChange<Batch> change) => change switch
    {
        DocumentChange<Batch>.Written(var batch) => batch,
        DocumentChange<Batch>.Unchanged(var batch) => batch,
        _ => null,
    };

    private static Batch Told(Batch batch, CountTransfer transfer) =>
        batch.Transfer?.Token == transfer.Token ? batch with { Counted = batch.Counted + transfer.Counts, Transfer = null } : batch;

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
