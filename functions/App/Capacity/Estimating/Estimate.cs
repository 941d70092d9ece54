namespace Serverless.Capacity;

/// <summary>What a load comes to.</summary>
/// <param name="Groups">Every figure with its formula, in the order in which they build on each other.</param>
/// <param name="PricesAsOf">The day of the list prices.</param>
/// <param name="PricesRegion">The Azure region of the list prices.</param>
/// <param name="Limits">How far each limit is away; the nearest comes first.</param>
/// <param name="FirstAtTenfold">What would not hold ten times the load, in the order in which it would give way.</param>
/// <param name="Size">The deployment that carries it.</param>
/// <param name="Obstacles">Why the template cannot hold it, as sentences; none: it can.</param>
public sealed record Estimate(
    IReadOnlyList<FigureGroup> Groups, string PricesAsOf, string PricesRegion, IReadOnlyList<Headroom> Limits, IReadOnlyList<string> FirstAtTenfold, DeploymentSize Size,
    IReadOnlyList<string> Obstacles)
{
    /// <summary>A figure by its group and name.</summary>
    public Figure Of(string group, string figure) => Groups.Single(one => one.Name == group).Figures.Single(one => one.Name == figure);
}

/// <summary>How many times the load a limit would bear.</summary>
/// <param name="Limit">What is limited.</param>
/// <param name="Times">Allowed over needed.</param>
/// <param name="Needed">At peak.</param>
/// <param name="Allowed">At most.</param>
/// <param name="Unit">Of both.</param>
/// <param name="Formula">With the numbers put in.</param>
/// <param name="Source">Who says so.</param>
public sealed record Headroom(string Limit, decimal Times, decimal Needed, decimal Allowed, string Unit, string Formula, string Source);

/// <summary>What the template is told.</summary>
/// <param name="Kind">dev below three regions, else prod.</param>
/// <param name="NodesPerRegion">Storage accounts of each region.</param>
/// <param name="Instances">Most instances of a scale group.</param>
/// <param name="Memory">Of an instance, in MB.</param>
/// <param name="Ready">Instances that are always ready.</param>
/// <param name="Concurrency">Requests of an instance at once.</param>
/// <param name="SignalR">The plan, as the template names it.</param>
/// <param name="Units">Of the SignalR Service of each stamp.</param>
public sealed record DeploymentSize(string Kind, int NodesPerRegion, int Instances, int Memory, int Ready, int Concurrency, string SignalR, int Units);
