using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Serverless.Local.Host;

/// <summary>
/// A received message and its lock. The lock is renewed at a third of its duration, until the message is settled or the bound
/// passed; each renewal changes the receipt, so renewing and settling take turns.
/// </summary>
internal sealed class LockedMessage(
    AzuriteQueues queues, string queue, QueueMessage message, QueueOptions options, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _settled = new();
    private string _receipt = message.PopReceipt;
    private DateTimeOffset _lockEnd = clock.GetUtcNow() + options.LockDuration;

    public string Text { get; } = message.MessageText;

    public QueueEnvelope? Envelope { get; } = QueueEnvelope.Read(message.MessageText);

    /// <summary>1 at the first delivery.</summary>
    public long DeliveryCount { get; } = message.DequeueCount;

    public string StorageId { get; } = message.MessageId;

    /// <summary>Whether another receiver may have the message by now.</summary>
    public bool LockLost => clock.GetUtcNow() >= _lockEnd;

    /// <summary>Renews the lock for at most <paramref name="bound"/>; ends when the message is settled.</summary>
    public async Task KeepLockedAsync(TimeSpan bound)
    {
        var until = clock.GetUtcNow() + bound;
        var settled = _settled.Token;
        while (clock.GetUtcNow() < until && await clock.Pause(options.LockDuration / 3, settled))
        {
            try
            {
                await ChangeAsync(options.LockDuration);
            }
            catch (RequestFailedException gone) when (gone.Status is 400 or 404)
            {
                return;
            }
            catch (Exception) when (!LockLost)
            {
                // The storage may answer the next renewal in time.
            }
            catch (Exception)
            {
                return;
            }
        }
    }

    /// <summary>Deletes the message. False when the lock was lost: then it is delivered again.</summary>
    public Task<bool> CompleteAsync() => SettleAsync(q => q.DeleteMessageAsync(message.MessageId, _receipt));

    /// <summary>Makes the message visible at once.</summary>
    public async Task<bool> AbandonAsync()
    {
        var abandoned = await SettleAsync(async q =>
            (await q.UpdateMessageAsync(message.MessageId, _receipt, visibilityTimeout: TimeSpan.Zero)).GetRawResponse());
        if (abandoned)
            queues.Wake(queue).Release();
        return abandoned;
    }

    /// <summary>Copies the message to the queue's dead letters, then deletes it; a crash between the two leaves both. A dead letter stays where it is, and is delivered again when its lock ends.</summary>
    public async Task<bool> DeadLetterAsync(string reason, string description)
    {
        if (queue.EndsWith(AzuriteQueues.DeadSuffix, StringComparison.Ordinal))
            return false;
        var envelope = Envelope ?? new QueueEnvelope(StorageId, clock.GetUtcNow(), new Dictionary<string, string>(), Text);
        var dead = envelope.WriteDead(reason, description);
        var letters = queue + AzuriteQueues.DeadSuffix;
        await queues.UseAsync(letters, q => q.SendMessageAsync(dead, timeToLive: TimeSpan.FromSeconds(-1)), CancellationToken.None);
        queues.Wake(letters).Release();
        return await CompleteAsync();
    }

    public void Dispose()
    {
        _settled.Cancel();
        _settled.Dispose();
    }

    private async Task<bool> SettleAsync(Func<QueueClient, Task<Response>> settle)
    {
        await _settled.CancelAsync();
        await _turn.WaitAsync();
        try
        {
            await queues.UseAsync(queue, settle, CancellationToken.None);
            return true;
        }
        catch (RequestFailedException gone) when (gone.Status is 400 or 404)
        {
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ChangeAsync(TimeSpan visibility)
    {
        await _turn.WaitAsync();
        try
        {
            if (_settled.IsCancellationRequested)
                return;
            var now = clock.GetUtcNow();
            var receipt = await queues.UseAsync(
                queue, q => q.UpdateMessageAsync(message.MessageId, _receipt, visibilityTimeout: visibility), CancellationToken.None);
            _receipt = receipt.Value.PopReceipt;
            _lockEnd = now + visibility;
        }
        finally
        {
            _turn.Release();
        }
    }
}
