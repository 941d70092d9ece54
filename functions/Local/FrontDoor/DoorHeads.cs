using System.Globalization;
using Serverless.Local.Cloud;

namespace Serverless.Local.FrontDoor;

/// <summary>The heads behind a front door, one process a region.</summary>
internal static class DoorHeads
{
    /// <param name="cloud">The storage that they work on.</param>
    /// <param name="options">Of the cloud; its port is known.</param>
    /// <param name="doorId">What the front door calls itself in each request.</param>
    /// <param name="progress">Told of deaths and returns.</param>
    public static IReadOnlyList<RegionHead> Of(LocalCloud cloud, LocalCloudOptions options, string doorId, IProgress<string> progress)
    {
        var settings = new Dictionary<string, string> { ["Guard:FrontDoorId"] = doorId };
        return [.. cloud.Regions.Select((region, i) => new RegionHead(
            region, () => HeadProcess.Start(region, Arguments(options, i + 1), settings, progress), options, progress))];
    }

    private static IEnumerable<string> Arguments(LocalCloudOptions options, int region)
    {
        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

        return
        [
            "--cloud", Text(options.Port), "--door", Text(options.Port), "--region", Text(region), "--port", Text(DoorPorts.OfHead(options.Port, region)),
            "--regions", Text(options.Regions), "--nodes", Text(options.NodesPerRegion), "--data", options.DataFolder,
        ];
    }
}
