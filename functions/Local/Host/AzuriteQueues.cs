using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Queues;

namespace Serverless.Local.Host;

/// <summary>Opens queues by name, creating them at first use, and wakes their pumps in this process.</summary>
internal sealed class AzuriteQueues(string connectionString)
{
    /// <summary>Added to a queue's name for its dead letters.</summary>
    public const string DeadSuffix = "-dead";

    // As Service Bus names the dead letters of a queue.
    private const string DeadPath = "/$deadletterqueue";

    private readonly ConcurrentDictionary<string, QueueClient> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _wakes = new(StringComparer.Ordinal);

    /// <summary>The storage's name of a queue as a trigger names it: dead letters lie in a queue of their own.</summary>
    public static string NameOf(string queue) => queue.EndsWith(DeadPath, StringComparison.OrdinalIgnoreCase) ? queue[..^DeadPath.Length] + DeadSuffix : queue;

    /// <summary>Runs <paramref name="use"/> on the queue; where the storage has lost the queue, creates it and runs once more.</summary>
    public async Task<T> UseAsync<T>(string name, Func<QueueClient, Task<T>> use, CancellationToken cancellationToken)
    {
        var queue = await OpenAsync(name, cancellationToken);
        try
        {
            return await use(queue);
        }
        catch (RequestFailedException gone) when (gone.ErrorCode == "QueueNotFound")
        {
            _open.TryRemove(name, out _);
            return await use(await OpenAsync(name, cancellationToken));
        }
    }

    /// <summary>Signalled when this process put something on the queue that is visible at once.</summary>
    public SemaphoreSlim Wake(string name) => _wakes.GetOrAdd(name, static _ => new SemaphoreSlim(0));

    // Only a queue that was opened is kept: one failure must not outlive the storage's return.
    private async Task<QueueClient> OpenAsync(string name, CancellationToken cancellationToken)
    {
        if (_open.TryGetValue(name, out var known))
            return known;

        // The pumps and callers retry by themselves; the defaults would hold them for 22 s while the storage is down.
        var options = new QueueClientOptions();
        options.Retry.MaxRetries = 1;
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(2);
        var queue = new QueueClient(connectionString, name, options);
        await queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        return _open.GetOrAdd(name, queue);
    }
}
