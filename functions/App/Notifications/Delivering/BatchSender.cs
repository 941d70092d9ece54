using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>
/// Sends a batch, wave after wave: each step stores what the last wave came to and claims the next, and only then is a provider asked. A worker that dies leaves at most one wave in doubt; the
/// next one says so and tries again. So every delivery reaches the provider at least once, and more than once only where an attempt is marked unknown.
/// </summary>
public sealed partial class BatchSender
{
    /// <summary>Longer than this no message is worked on: 4 minutes, within the time for which its lock is renewed. What is left goes on under another message.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    private const string NotConfigured = "not-configured";

    private readonly LedgerStore _ledger;
    private readonly SendTurn _turn;
    private readonly Dictionary<Carrier, IProvider> _providers;
    private readonly Settlement _settlement;
    private readonly NotifyQueues _queues;
    private readonly IOptions<NotificationsOptions> _options;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly NotificationsMetrics _metrics;
    private readonly ILogger<BatchSender> _logger;

    internal BatchSender(
        LedgerStore ledger, SendTurn turn, IEnumerable<IProvider> providers, Settlement settlement, NotifyQueues queues, IOptions<NotificationsOptions> options, TimeProvider clock, Random random,
        NotificationsMetrics metrics, ILogger<BatchSender> logger) =>
        (_ledger, _turn, _providers, _settlement, _queues, _options, _clock, _random, _metrics, _logger) = (
            ledger, turn, providers.ToDictionary(provider => provider.Carrier), settlement, queues, options, clock, random, metrics, logger);

    /// <summary>Sends what is due; when the storage does not answer, another message goes on a little later.</summary>
    internal async Task RunAsync(BatchName name, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(name, cancellationToken);
        }
        catch (StorageUnansweredException unanswered)
        {
            LogUnanswered(unanswered, name);
            await _queues.SendAsync(name, _clock.GetUtcNow() + NotifyQueues.StoragePause, CancellationToken.None);
        }
    }

    private async Task SendAsync(BatchName name, CancellationToken cancellationToken)
    {
        if ((await _ledger.ReadAsync(name.Chunk.Notification, cancellationToken)).Value($"notification {name.Chunk.Notification}") is not { } notification)
        {
            LogUnknown(name);
            return;
        }

        var (plan, owner, startedAt) = (new BatchPlan(_options.Value, notification.Expires), SecureRandom.Next64(_random), _clock.GetTimestamp());
        var outcomes = new Dictionary<int, Outcome>();
        while (true)
        {
            // As of before the register is asked: a claim that is taken too short does no harm.
            var (now, claimedAt, jitter) = (_clock.GetUtcNow(), _clock.GetTimestamp(), _random.NextDouble());
            var stops = cancellationToken.IsCancellationRequested || _clock.GetElapsedTime(startedAt) > Longest;
            var change = await _ledger.ChangeAsync(
                name, batch => stops ? plan.Settle(batch, owner, outcomes, jitter, now) : plan.Next(batch, owner, outcomes, ProviderName(name.Carrier), jitter, now), CancellationToken.None);
            if (change is DocumentChange<Batch>.Unchanged { Value: null })
                throw new StorageUnansweredException($"Batch {name} is not stored yet.");
            var batch = change.Value($"batch {name}");
            Report(name, outcomes);
            if (batch.Claim?.Owner != owner)
            {
                await _settlement.RunAsync(notification, name, batch, CancellationToken.None);
                if (stops && batch.NextDue <= now)
                    await _queues.SendAsync(name, null, CancellationToken.None);
                else if (plan.LookAgain(batch) is { } due && _queues.Takes(due))
                    await _queues.SendAsync(name, due, CancellationToken.None);
                return;
            }

            outcomes = await SendAsync(notification, name, batch, claimedAt, cancellationToken);
        }
    }

    private async Task<Dictionary<int, Outcome>> SendAsync(Notification notification, BatchName name, Batch batch, long claimedAt, CancellationToken cancellationToken)
    {
        var outcomes = await Task.WhenAll(batch.Claim!.Deliveries.Select(async number =>
            (number, outcome: await SendAsync(notification, new DeliveryName(name, number), batch.Queued, batch.Deliveries[number], claimedAt, cancellationToken))));
        return outcomes.Where(one => one.outcome is not null).ToDictionary(one => one.number, one => one.outcome!);
    }

    private async Task<Outcome?> SendAsync(Notification notification, DeliveryName name, DateTimeOffset queued, Delivery delivery, long claimedAt, CancellationToken cancellationToken)
    {
        if (!_providers.TryGetValue(name.Batch.Carrier, out var provider))
            return new Outcome.Suppressed(NotConfigured);
        try
        {
            return await _turn.RunAsync(notification, name, queued, delivery, provider, () => _clock.GetElapsedTime(claimedAt) < TimeSpan.FromSeconds(_options.Value.LeaseSeconds) / 2, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Whether the provider was asked is not known.
            LogFailure(failure, name);
            return new Outcome.Answered(provider.Name, new ProviderAnswer.Unknown(failure.GetType().Name));
        }
    }

    private string ProviderName(Carrier carrier) => _providers.TryGetValue(carrier, out var provider) ? provider.Name : NotConfigured;

    private void Report(BatchName name, Dictionary<int, Outcome> outcomes)
    {
        foreach (var outcome in outcomes.Values)
        {
            _metrics.Sent(name.Carrier, outcome);
            if (outcome is Outcome.Answered(var provider, ProviderAnswer.Misconfigured(var code, var why)))
                LogMisconfigured(provider, code, why);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Batch {Batch} belongs to no notification that is stored")]
    private partial void LogUnknown(BatchName batch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {Batch} goes on later: the storage does not answer")]
    private partial void LogUnanswered(Exception unanswered, BatchName batch);

    [LoggerMessage(Level = LogLevel.Error, Message = "Delivery {Delivery} failed on its way to the provider")]
    private partial void LogFailure(Exception failure, DeliveryName delivery);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Provider {Provider} refuses us ({Code}): {Why} Nothing is delivered by it until that is mended")]
    private partial void LogMisconfigured(string provider, string code, string why);
}
