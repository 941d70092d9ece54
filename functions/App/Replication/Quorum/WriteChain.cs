using System.Collections.Concurrent;

namespace Serverless.Replication;

/// <summary>
/// Lets the writes of one key through this instance one after the other: answering at W leaves a write in flight, and the next
/// one would only lose swaps against it. Different keys never wait for each other.
/// </summary>
internal sealed class WriteChain
{
    private readonly ConcurrentDictionary<string, Task> _last = new(StringComparer.Ordinal);

    /// <summary>
    /// Runs <paramref name="write"/> when the write before it has ended everywhere or <paramref name="cancellationToken"/> says
    /// that waiting is over. The write answers with its result and the task of what it still has in flight.
    /// </summary>
    public async Task<T> RunAsync<T>(string key, Func<Task<(T Result, Task InFlight)>> write, CancellationToken cancellationToken)
    {
        var mine = new TaskCompletionSource();
        Task? before = null;
        _ = _last.AddOrUpdate(key, mine.Task, (_, last) =>
        {
            before = last;
            return mine.Task;
        });

        var inFlight = Task.CompletedTask;
        try
        {
            if (before is { IsCompleted: false })
                await before.WaitAsync(cancellationToken);
            (var result, inFlight) = await write();
            return result;
        }
        finally
        {
            _ = ReleaseAsync(key, mine, before, inFlight);
        }
    }

    // A writer that gave up waiting still passes on the wait for the one before it.
    private async Task ReleaseAsync(string key, TaskCompletionSource mine, Task? before, Task inFlight)
    {
        await Task.WhenAll(before ?? Task.CompletedTask, inFlight).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _last.TryRemove(new KeyValuePair<string, Task>(key, mine.Task));
        mine.SetResult();
    }
}
