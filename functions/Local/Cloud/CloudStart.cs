namespace Serverless.Local.Cloud;

/// <summary>The steps from options to a running cloud.</summary>
internal static class CloudStart
{
    private const int RegionsMost = 9;

    // Chosen ports can be taken by another program before Azurite listens.
    private const int Attempts = 3;

    public static async Task<LocalCloud> RunAsync(
        LocalCloudOptions options, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (options.Problem() is { } problem)
            throw new LocalCloudException(problem);
        var folderLock = options.InMemory ? null : DataFolderLock.Take(options.DataFolder);
        try
        {
            if (!options.InMemory)
                await PrepareFoldersAsync(options, cancellationToken);
            if (options.Port != 0)
                FreePorts.Require(RegionLayout.AllPorts(options));
            var azurite = await AzuriteInstallation.EnsureAsync(progress, options.Clock, cancellationToken);
            progress?.Report("Starting the storage of every region");
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await StartRegionsAsync(options, azurite, folderLock, progress, cancellationToken);
                }
                catch (LocalCloudException) when (options.Port == 0 && attempt < Attempts)
                {
                    // Once more, with other ports.
                }
            }
        }
        catch
        {
            folderLock?.Dispose();
            throw;
        }
    }

    private static async Task<LocalCloud> StartRegionsAsync(
        LocalCloudOptions options,
        AzuriteInstallation azurite,
        DataFolderLock? folderLock,
        IProgress<string>? progress,
        CancellationToken cancellationToken)
    {
        var (port, layouts) = Ports(options);
        var unclean = Unclean(layouts, options);
        List<StorageRegion> regions = [.. layouts.Select(layout => new StorageRegion(layout, azurite, options))];
        try
        {
            await Task.WhenAll(regions.Select(region => region.StartAsync(unclean.Contains(region.Layout.Name), cancellationToken)));
        }
        catch
        {
            await Task.WhenAll(regions.Select(region => region.StopAsync()));
            throw;
        }

        return new(options, port, regions, unclean, folderLock, progress);
    }

    private static (int Port, IReadOnlyList<RegionLayout> Layouts) Ports(LocalCloudOptions options) => options.Port != 0
        ? (options.Port, RegionLayout.FromPort(options.Regions, options.NodesPerRegion, options.Port))
        : (FreePorts.Choose(1, options.Random),
            [.. Enumerable.Range(1, options.Regions).Select(number =>
                new RegionLayout(number, options.NodesPerRegion, FreePorts.Choose(RegionLayout.PortCount, options.Random)))]);

    private static IReadOnlyList<string> Unclean(IReadOnlyList<RegionLayout> layouts, LocalCloudOptions options)
    {
        if (options.InMemory)
            return [];
        var folders = layouts.Select(layout => (layout.Name, Folder: StorageRegion.FolderOf(layout, options)!)).ToList();
        var anyData = folders.Exists(region => region.Folder.HasData);
        return [.. folders.Where(region => region.Folder.IsUnclean || (anyData && !region.Folder.HasData)).Select(region => region.Name)];
    }

    // Every region there may have been, not only those of this start.
    private static async Task PrepareFoldersAsync(LocalCloudOptions options, CancellationToken cancellationToken)
    {
        var folders = RegionLayout.FromPort(RegionsMost, 1, 1).Select(layout => StorageRegion.FolderOf(layout, options)!).ToList();
        await Task.WhenAll(folders.Select(folder => folder.WaitForEarlierRunAsync(options.StopLimit, options.Clock, cancellationToken)));
        if (options.Fresh)
            folders.ForEach(folder => folder.Delete());
    }
}
