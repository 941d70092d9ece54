namespace Serverless.Replication;

/// <summary>One table endpoint as this instance sees it.</summary>
/// <param name="Id">Unique in the cluster.</param>
/// <param name="Region">Where it lies.</param>
/// <param name="Incarnation">Random; new whenever the node lost state.</param>
/// <param name="Votes">False while a node that lost state is being refilled: it takes writes, but neither coordinates them nor counts toward R.</param>
/// <param name="Replica">Its rows.</param>
/// <param name="Health">What this instance saw of it.</param>
public sealed record Node(string Id, string Region, ulong Incarnation, bool Votes, IReplica Replica, NodeHealth Health);
