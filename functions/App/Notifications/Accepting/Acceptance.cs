using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>
/// Accepts a notification: its chunks are noted as open, it is stored, its messages are sent, in this order. Whoever was told that it is accepted can rely on it from the second step on; a message that was
/// not sent the sweeper sends.
/// </summary>
public sealed class Acceptance(OpenChunks open, LedgerStore ledger, NotifyQueues queues, TimeProvider clock, NotificationsMetrics metrics)
{
    /// <summary>Accepts it; a repetition under the same id is accepted as what it is.</summary>
    /// <param name="notification">Checked and complete.</param>
    /// <param name="cancellationToken">Ends only the wait for others.</param>
    internal async Task<AcceptResult> AcceptAsync(Notification notification, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var look = (notification.NotBefore > now ? notification.NotBefore.Value : now) + OpenSweeper.Patience;
        var noted = await open.AddAsync(notification.Id, notification.Chunks, now, look, cancellationToken);
        if (noted is DocumentChange<OpenSlot>.TooLarge)
            return new AcceptResult.Full();
        if (noted is DocumentChange<OpenSlot>.NoQuorum(var noting, var needed))
            return new AcceptResult.NoQuorum(noting, needed);

        var stored = await ledger.AddAsync(notification, cancellationToken);
        switch (stored)
        {
            case DocumentChange<Notification>.NoQuorum(var answered, var quorum):
                return new AcceptResult.NoQuorum(answered, quorum);
            case DocumentChange<Notification>.TooLarge(var bytes):
                return new AcceptResult.TooLarge(bytes);
            case DocumentChange<Notification>.Unchanged({ } there) when there.Fingerprint != notification.Fingerprint:
                return new AcceptResult.Taken();
            case DocumentChange<Notification>.Unchanged({ } there):
                notification = there;
                break;
            default:
                metrics.Accepted(notification.Recipients.Length);
                break;
        }

        await TrySendAsync(notification);
        return new AcceptResult.Accepted(notification);
    }

    // Accepted all the same when the queue does not answer.
    private async Task TrySendAsync(Notification notification)
    {
        if (!queues.Takes(notification.NotBefore))
            return;
        try
        {
            await queues.ExpandAsync(notification.Chunks, notification.NotBefore, CancellationToken.None);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            metrics.Unqueued(notification.Recipients.Length);
        }
    }
}

/// <summary>What became of a notification that somebody wants sent.</summary>
internal abstract record AcceptResult
{
    /// <summary>It will be sent.</summary>
    public sealed record Accepted(Notification Notification) : AcceptResult;

    /// <summary>Its id belongs to another one.</summary>
    public sealed record Taken : AcceptResult;

    /// <summary>It is too long to be stored.</summary>
    public sealed record TooLarge(int Bytes) : AcceptResult;

    /// <summary>So many are not done yet that no more can be noted.</summary>
    public sealed record Full : AcceptResult;

    /// <summary>Too few replicas answered in time. It may have been stored all the same, and then is sent.</summary>
    public sealed record NoQuorum(int Answered, int Needed) : AcceptResult;
}
