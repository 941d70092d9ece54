namespace Serverless.Replication;

/// <summary>One node that answered an operation.</summary>
/// <param name="Node">Its id.</param>
/// <param name="Region">Where it lies.</param>
/// <param name="StandsIn">It owns nothing of the key: it answered in place of an owner.</param>
public readonly record struct ReplicaAnswer(string Node, string Region, bool StandsIn)
{
    internal static ReplicaAnswer Of(RowLane lane) => new(lane.Node.Id, lane.Node.Region, lane.IsHint);
}
