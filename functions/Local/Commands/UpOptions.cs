using Serverless.Local.Cloud;
using Serverless.Local.FrontDoor;

namespace Serverless.Local.Commands;

/// <summary>What the options of the command line say; bounds and defaults are those of <see cref="LocalCloudOptions"/>.</summary>
/// <param name="NodesGiven">Whether the nodes were named: then a cloud that has others grows or shrinks to them.</param>
/// <param name="FrontDoor">Whether each region has a head of its own, behind a front door.</param>
/// <param name="ProbeSeconds">Between two of the front door's probes of a head: 1 to 255.</param>
public sealed record UpOptions(int Regions, int Nodes, int Port, string Data, bool Fresh, bool NodesGiven, bool FrontDoor, int ProbeSeconds)
{
    /// <summary>Where the API is, once the port is known.</summary>
    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>How the front door tells which regions are well.</summary>
    internal ProbeRule Probes => ProbeRule.OfTemplate with { IntervalSeconds = ProbeSeconds };

    public LocalCloudOptions Cloud { get; } = new()
    {
        Regions = Regions,
        NodesPerRegion = Nodes,
        Port = Port,
        DataFolder = Data,
        Fresh = Fresh,
    };
}
