namespace Serverless.Local.Cloud;

/// <summary>A region's storage over its process's deaths and restarts. One caller at a time starts or stops it.</summary>
internal sealed class StorageRegion(RegionLayout layout, AzuriteInstallation azurite, LocalCloudOptions options)
{
    private readonly StorageFolder? _folder = FolderOf(layout, options);

    private volatile StorageProcess? _process;
    private volatile bool _paused;

    public RegionLayout Layout { get; } = layout;

    /// <summary>Number of the running process, or null.</summary>
    public int? ProcessId => _process is { HasEnded: false } process ? process.Id : null;

    /// <summary>The region's data folder, or null for a cloud in memory.</summary>
    public static StorageFolder? FolderOf(RegionLayout layout, LocalCloudOptions options) =>
        options.InMemory ? null : new(Path.Combine(Path.GetFullPath(options.DataFolder), layout.Folder));

    /// <param name="unclean">Marks the data as having lost writes until <see cref="Recovered"/>.</param>
    /// <param name="cancellationToken">Ends the wait; <see cref="StopAsync"/> then ends the process.</param>
    public async Task StartAsync(bool unclean, CancellationToken cancellationToken)
    {
        _process?.Dispose();
        _paused = false;
        var process = StorageProcess.Start(Layout, azurite, _folder, unclean);
        _process = process;
        await process.WaitUntilReadyAsync(options.StartLimit, options.Clock, cancellationToken);
    }

    /// <summary>Starts what died as storage that lost state: after an unclean end, the tables are gone before it answers.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        if (_folder is { EndedCleanly: false })
            _folder.SetTablesAside();
        await StartAsync(unclean: true, cancellationToken);
    }

    /// <summary>Returns the exit code when the process ends.</summary>
    public async Task<int> WaitForEndAsync(CancellationToken cancellationToken)
    {
        var process = _process!;
        await process.WaitForEndAsync(cancellationToken);
        return process.ExitCode;
    }

    public void Recovered() => _folder?.Recovered();

    public async Task KillAsync()
    {
        if (_process is { HasEnded: false } process)
            await process.KillAsync();
    }

    public async Task PauseAsync()
    {
        if (_process is { HasEnded: false } process)
        {
            await process.SignalAsync("STOP");
            _paused = true;
        }
    }

    public async Task ResumeAsync()
    {
        if (_paused && _process is { HasEnded: false } process)
            await process.SignalAsync("CONT");
        _paused = false;
    }

    public async Task StopAsync()
    {
        if (_process is not { } process)
            return;
        // A paused process could not save.
        await ResumeAsync();
        if (!process.HasEnded)
            await process.StopAsync(options.StopLimit, options.Clock);
        process.Dispose();
        _process = null;
    }
}
