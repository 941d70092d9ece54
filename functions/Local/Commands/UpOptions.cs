using Serverless.Local.Cloud;

namespace Serverless.Local.Commands;

/// <summary>What the options of the command line say; bounds and defaults are those of <see cref="LocalCloudOptions"/>.</summary>
public sealed record UpOptions(int Regions, int Nodes, int Port, string Data, bool Fresh)
{
    public LocalCloudOptions Cloud { get; } = new()
    {
        Regions = Regions,
        NodesPerRegion = Nodes,
        Port = Port,
        DataFolder = Data,
        Fresh = Fresh,
    };
}
