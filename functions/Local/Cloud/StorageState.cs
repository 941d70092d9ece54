namespace Serverless.Local.Cloud;

/// <summary>What a data folder holds, told without starting anything.</summary>
internal static class StorageState
{
    public static string Describe(LocalCloudOptions options)
    {
        var regions = RegionLayout.FromPort(options.Regions, options.NodesPerRegion, 1)
            .Select(layout => (layout.Name, Folder: StorageRegion.FolderOf(layout, options)!))
            .Select(region => $"{region.Name} {Describe(region.Folder)}");
        return $"{Path.GetFullPath(options.DataFolder)}: {string.Join(", ", regions)}";
    }

    private static string Describe(StorageFolder folder) => folder switch
    {
        { IsUnclean: true } => "runs or did not stop cleanly",
        { HasData: true } => "stopped cleanly",
        _ => "empty",
    };
}
