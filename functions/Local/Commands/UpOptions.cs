using Serverless.Local.Cloud;

namespace Serverless.Local.Commands;

/// <summary>What the options of the command line say; bounds and defaults are those of <see cref="LocalCloudOptions"/>.</summary>
/// <param name="NodesGiven">Whether the nodes were named: then a cloud that has others grows or shrinks to them.</param>
public sealed record UpOptions(int Regions, int Nodes, int Port, string Data, bool Fresh, bool NodesGiven = false)
{
    /// <summary>Where the API is, once the port is known.</summary>
    public Uri Address => new($"http://127.0.0.1:{Port}");

    public LocalCloudOptions Cloud { get; } = new()
    {
        Regions = Regions,
        NodesPerRegion = Nodes,
        Port = Port,
        DataFolder = Data,
        Fresh = Fresh,
    };
}
