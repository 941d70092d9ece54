namespace Serverless.Local.Commands;

/// <summary>What the options of "head" say.</summary>
/// <param name="CloudPort">Port of the "up" whose storage it works on.</param>
/// <param name="Region">Number of the region it runs in, from 1 to the cloud's regions.</param>
/// <param name="Shared">Regions, nodes and data folder of the cloud, and the head's own port.</param>
/// <param name="Door">Port of the front door that started it, which ends it too; null when a person did.</param>
internal sealed record HeadOptions(int CloudPort, int Region, UpOptions Shared, int? Door);
