using Serverless.Local.Cloud;

namespace Serverless.Local.FrontDoor;

/// <summary>The ports of a cloud with a front door: its own is that of the cloud, and each region's head follows by its number.</summary>
internal static class DoorPorts
{
    // As far as the storage of the last region goes.
    private const int Span = 200;

    /// <summary>Where the head of a region listens.</summary>
    public static int OfHead(int port, int region) => port + region;

    /// <summary>The same options with a port that is known: heads are processes of their own, which must be told.</summary>
    public static LocalCloudOptions Resolve(LocalCloudOptions options) =>
        options.Port != 0 ? options : options with { Port = FreePorts.Choose(Span, options.Random) };

    /// <summary>Throws when a port of a head is taken.</summary>
    public static void Require(LocalCloudOptions options) => FreePorts.Require(Enumerable.Range(1, options.Regions).Select(region => OfHead(options.Port, region)));
}
