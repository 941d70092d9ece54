using Serverless.Local.Cloud;

namespace Serverless.Local.FrontDoor;

/// <summary>A region's head over its process's deaths: one that ended starts again after a delay, as the platform would start another instance.</summary>
/// <param name="region">Its name.</param>
/// <param name="launch">Starts a process.</param>
/// <param name="options">Delay and limits.</param>
/// <param name="progress">Told of deaths and returns.</param>
internal sealed class RegionHead(string region, Func<HeadProcess> launch, LocalCloudOptions options, IProgress<string> progress) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private volatile HeadProcess? _process;
    private Task _supervision = Task.CompletedTask;

    public string Region { get; } = region;

    /// <summary>Number of the running process, or null.</summary>
    public int? ProcessId => _process is { HasEnded: false } process ? process.Id : null;

    /// <summary>Returns when it serves; from then on it is started again whenever it ends.</summary>
    /// <exception cref="LocalCloudException">It does not start; the message says why.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var process = _process = launch();
        try
        {
            await process.WaitUntilReadyAsync(cancellationToken).WaitAsync(options.StartLimit, options.Clock, cancellationToken);
        }
        catch (Exception failure) when (failure is LocalCloudException or TimeoutException)
        {
            throw new LocalCloudException($"The head of {Region} did not start: {failure.Message}", failure);
        }

        _supervision = SuperviseAsync(process);
    }

    /// <summary>Kills the running process, if there is one. Returns when it has ended.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasEnded: false } process)
            await process.KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _supervision;
        if (_process is { } process)
        {
            await process.StopAsync(options.StopLimit, options.Clock);
            process.Dispose();
        }

        _stopping.Dispose();
    }

    private async Task SuperviseAsync(HeadProcess process)
    {
        try
        {
            while (true)
            {
                await process.WaitForEndAsync(_stopping.Token);
                progress.Report($"The head of {Region} died; it starts again in {options.RestartDelay.TotalSeconds:0.#} s");
                await Task.Delay(options.RestartDelay, options.Clock, _stopping.Token);
                var ended = process;
                process = _process = launch();
                ended.Dispose();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The whole cloud stops.
        }
    }
}
