namespace Serverless.Local.Cloud;

/// <summary>
/// The storage of the local cloud: one Azurite process per region, one account in it per node. A process that dies is
/// started again after <see cref="LocalCloudOptions.RestartDelay"/>; since it lost writes, its nodes are new incarnations.
/// </summary>
public sealed class LocalCloud : IAsyncDisposable
{
    private readonly LocalCloudOptions _options;
    private readonly IReadOnlyDictionary<string, StorageRegion> _regions;
    private readonly IDisposable? _lock;
    private readonly IProgress<string>? _progress;
    private readonly CancellationTokenSource _stopping = new();
    private Task _supervision = Task.CompletedTask;
    private bool _disposed;

    internal LocalCloud(
        LocalCloudOptions options,
        int port,
        IReadOnlyList<StorageRegion> regions,
        IReadOnlyList<string> unclean,
        IDisposable? folderLock,
        IProgress<string>? progress)
    {
        _options = options;
        _regions = regions.ToDictionary(region => region.Layout.Name);
        _lock = folderLock;
        _progress = progress;
        Port = port;
        Addresses = new CloudAddresses([.. regions.Select(region => region.Layout)]);
        UncleanRegions = unclean;
    }

    /// <summary>Whether <see cref="PauseAsync"/> works on this system.</summary>
    public static bool CanPause => !OperatingSystem.IsWindows();

    /// <summary>Port kept free for the head.</summary>
    public int Port { get; }

    public CloudAddresses Addresses { get; }

    /// <inheritdoc cref="CloudAddresses.Regions"/>
    public IReadOnlyList<string> Regions => Addresses.Regions;

    /// <inheritdoc cref="CloudAddresses.Nodes"/>
    public IReadOnlyList<LocalNode> Nodes => Addresses.Nodes;

    /// <summary>
    /// Regions that lost writes before this start: their last run did not end gracefully, or their data is missing while
    /// other regions have theirs. They stay so over restarts until <see cref="Recovered"/>.
    /// </summary>
    public IReadOnlyList<string> UncleanRegions { get; }

    /// <summary>
    /// Awaited after the region's storage was started again, before its loss counts as dealt with. It answers by then, without
    /// the tables it had. If this throws, the region stays unclean and the exception's message goes to the progress.
    /// </summary>
    public Func<string, CancellationToken, Task>? RegionRestarted { get; set; }

    /// <summary>Installs Azurite where needed, starts every region and returns when all answer.</summary>
    /// <exception cref="LocalCloudException">It cannot start; the message says why in a sentence.</exception>
    public static async Task<LocalCloud> StartAsync(
        LocalCloudOptions options, IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        var cloud = await CloudStart.RunAsync(options, progress, cancellationToken);
        cloud._supervision = Task.WhenAll(cloud._regions.Values.Select(cloud.SuperviseAsync));
        return cloud;
    }

    /// <inheritdoc cref="CloudAddresses.StorageConnectionString"/>
    public string StorageConnectionString(string region) => Addresses.StorageConnectionString(region);

    /// <summary>Number of the region's storage process, or null while none runs.</summary>
    public int? ProcessId(string region) => Region(region).ProcessId;

    /// <summary>The caller gave the nodes of an unclean region new incarnations: its loss is dealt with.</summary>
    public void Recovered(string region) => Region(region).Recovered();

    /// <summary>Kills the region's storage process; up to 5 s of acknowledged writes are lost. Returns when it has ended.</summary>
    public Task KillAsync(string region) => Region(region).KillAsync();

    /// <summary>Lets requests to the region hang until <see cref="ResumeAsync"/>; nothing is lost.</summary>
    /// <exception cref="PlatformNotSupportedException">On Windows.</exception>
    public Task PauseAsync(string region) => Region(region).PauseAsync();

    public Task ResumeAsync(string region) => Region(region).ResumeAsync();

    /// <summary>Lets every storage process save and end; kills what takes longer than <see cref="LocalCloudOptions.StopLimit"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _stopping.CancelAsync();
        await _supervision;
        await Task.WhenAll(_regions.Values.Select(region => region.StopAsync()));
        _stopping.Dispose();
        _lock?.Dispose();
    }

    private StorageRegion Region(string region) => _regions[Addresses.Layout(region).Name];

    private async Task SuperviseAsync(StorageRegion region)
    {
        try
        {
            while (true)
            {
                var exitCode = await region.WaitForEndAsync(_stopping.Token);
                _progress?.Report(
                    $"{region.Layout.Name} died (exit code {exitCode}); its storage starts again in {_options.RestartDelay.TotalSeconds:0.#} s");
                await RestartAsync(region, _stopping.Token);
                await FollowAsync(region, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The whole cloud stops.
        }
    }

    private async Task RestartAsync(StorageRegion region, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(_options.RestartDelay, _options.Clock, cancellationToken);
            try
            {
                await region.RestartAsync(cancellationToken);
                return;
            }
            catch (Exception e) when (e is LocalCloudException or IOException or UnauthorizedAccessException)
            {
                _progress?.Report($"{region.Layout.Name} did not start again: {e.Message}");
                await region.StopAsync();
            }
        }
    }

    private async Task FollowAsync(StorageRegion region, CancellationToken cancellationToken)
    {
        try
        {
            if (RegionRestarted is { } follow)
                await follow(region.Layout.Name, cancellationToken);
            region.Recovered();
            _progress?.Report($"{region.Layout.Name} is back as a new incarnation");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _progress?.Report($"{region.Layout.Name} is back, but what follows its restart failed: {e.Message}");
        }
    }
}
