namespace Serverless.Replication;

/// <summary>How far the move that is under way is with its present phase.</summary>
/// <param name="Move">The move.</param>
/// <param name="Partitions">Partitions whose owners it changes.</param>
/// <param name="Done">Those of them with which the phase is done: copied and compared, or dropped where they were.</param>
public sealed record MoveProgress(ClusterMove Move, int Partitions, int Done)
{
    /// <summary>Nothing of the phase is left to be done.</summary>
    public bool IsComplete => Done == Partitions;

    /// <summary>As far as nodes answer; null when no move is under way.</summary>
    public static async Task<MoveProgress?> ReadAsync(ClusterView view, CancellationToken cancellationToken)
    {
        if (view.Document.Move is not { } move)
            return null;
        var phase = MoveRecord.PhaseOf(view);
        var told = await Task.WhenAll(view.Nodes.Values.Select(node => MoveRecord.DoneAsync(node, phase, cancellationToken)));
        var done = told.SelectMany(partitions => partitions ?? []).ToHashSet(StringComparer.Ordinal);
        var moved = MovedPartition.Of(view);
        return new MoveProgress(move, moved.Count, moved.Count(partition => done.Contains(partition.Name)));
    }
}
