namespace Serverless.Local.Host;

/// <summary>
/// Receives for one queue function and hands on, with a bound on what runs at once. Always receives 32, since Azurite takes as long
/// for one; those that wait for their turn stay locked meanwhile. Never ends by itself.
/// </summary>
internal sealed partial class QueuePump(
    QueueFunction function, string queue, AzuriteQueues queues, QueueDelivery delivery, HostJson host,
    QueueOptions options, TimeProvider clock, ILogger log) : IDisposable
{
    private const int ReceiveCount = 32;

    /// <summary>The pause after the storage failed: 2 seconds.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _slots = new(host.MaxConcurrentCalls, host.MaxConcurrentCalls);

    public async Task RunAsync(CancellationToken stopping)
    {
        var poll = ShortestPoll;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // Room for at least one call first, so that no message waits locked behind calls that take long.
                await _slots.WaitAsync(stopping);
                _slots.Release();
                var received = await ReceiveAsync(function.IsBatched ? host.MaxMessageBatchSize : ReceiveCount, stopping);
                poll = received.Count == 0 ? await IdleAsync(poll, stopping) : ShortestPoll;
                await HandOnAsync(received, stopping);
            }
            catch (Exception failed) when (!stopping.IsCancellationRequested)
            {
                StorageFailed(log, function.Name, queue, RetryAfter, failed.GetType().Name);
                await clock.Pause(RetryAfter, stopping);
            }
            catch (OperationCanceledException)
            {
                // Stopping.
            }
        }

        // Every slot free again means every call has ended.
        for (var i = 0; i < host.MaxConcurrentCalls; i++)
            await _slots.WaitAsync(CancellationToken.None);
    }

    public void Dispose() => _slots.Dispose();

    private async Task<List<LockedMessage>> ReceiveAsync(int wanted, CancellationToken stopping)
    {
        var messages = new List<LockedMessage>();
        while (messages.Count < wanted)
        {
            // Not cancelled by stopping: what an abandoned call received would stay hidden for the whole lock.
            var count = Math.Min(ReceiveCount, wanted - messages.Count);
            var answer = await queues.UseAsync(
                queue, q => q.ReceiveMessagesAsync(count, options.LockDuration, CancellationToken.None), stopping);
            messages.AddRange(answer.Value.Select(m => new LockedMessage(queues, queue, m, options, clock)));
            if (answer.Value.Length < ReceiveCount)
                break;
        }

        return messages;
    }

    private async Task HandOnAsync(List<LockedMessage> received, CancellationToken stopping)
    {
        if (received.Count == 0)
            return;
        if (function.IsBatched)
        {
            await _slots.WaitAsync(stopping);
            await CallAsync(received, () => delivery.DeliverBatchAsync(received, stopping));
            return;
        }

        foreach (var message in received)
            _ = message.KeepLockedAsync(host.LockRenewal);
        foreach (var message in received)
        {
            // Also when stopping: a message that waited is given back at once.
            await _slots.WaitAsync(CancellationToken.None);
            _ = CallAsync([message], async () =>
            {
                if (stopping.IsCancellationRequested)
                    await message.AbandonAsync();
                else
                    await delivery.DeliverAsync(message, stopping);
            });
        }
    }

    /// <summary>Takes a slot that was waited for; a failure to settle is left to the lock's end.</summary>
    private async Task CallAsync(IReadOnlyList<LockedMessage> messages, Func<Task> deliver)
    {
        try
        {
            await deliver();
        }
        catch (Exception failed)
        {
            SettleFailed(log, function.Name, queue, failed);
        }
        finally
        {
            foreach (var message in messages)
                message.Dispose();
            _slots.Release();
        }
    }

    /// <summary>Waits until this process sends, or for the poll; answers the next poll.</summary>
    private async Task<TimeSpan> IdleAsync(TimeSpan poll, CancellationToken stopping)
    {
        var wake = queues.Wake(queue);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var woken = wake.WaitAsync(waiting.Token);
        var first = await Task.WhenAny(woken, Task.Delay(poll, clock, waiting.Token));
        await waiting.CancelAsync();

        // A wake that lost the race against the end of its wait is consumed here either way: the queue is looked at next.
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (await wake.WaitAsync(TimeSpan.Zero, CancellationToken.None))
        {
        }

        if (first == woken)
            return ShortestPoll;
        return poll * 2 < options.LongestPoll ? poll * 2 : options.LongestPoll;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue function {Function}: queue {Queue} cannot be reached ({Reason}); trying again in {Delay}")]
    private static partial void StorageFailed(ILogger log, string function, string queue, TimeSpan delay, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue function {Function}: a message of {Queue} could not be settled and is delivered again")]
    private static partial void SettleFailed(ILogger log, string function, string queue, Exception failed);
}
