namespace Serverless.Ring;

/// <summary>A place that holds partitions: one table endpoint in one region.</summary>
/// <param name="Id">Unique in its ring: 1 to 64 ASCII letters, digits, '-', '.' or '_'. Decides, alone, where the node lies on the ring.</param>
/// <param name="Region">What fails together, written as an id is. Copies of a partition are spread over regions first.</param>
/// <param name="Weight">Share relative to the other nodes: 1 to 1000, default 100.</param>
public sealed record RingNode(string Id, string Region, int Weight = RingNode.DefaultWeight)
{
    public const int DefaultWeight = 100;
    public const int MaxWeight = 1000;
    public const int MaxNameLength = 64;
}
