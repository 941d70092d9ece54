namespace Serverless.Replication;

/// <summary>
/// One change of membership while it is under way. While it is joint every operation needs the quorums of the owners before it and of
/// those after it (as in Raft, Ongaro and Ousterhout 2014, section 6), so that data can be copied under load; then the ring after it
/// is in force, and what the owners before it still have is dropped.
/// </summary>
/// <param name="Kind">What changes.</param>
/// <param name="Node">The id of the member that comes, goes or is reweighed.</param>
/// <param name="Weight">Its weight after the move: 1 to 1,000; of one that leaves, as before.</param>
/// <param name="Phase">How far it is.</param>
/// <param name="Since">When the phase began, by the clock of whoever published it.</param>
public sealed record ClusterMove(MoveKind Kind, string Node, int Weight, MovePhase Phase, DateTimeOffset Since);

public enum MoveKind
{
    Join,
    Leave,
    Reweigh,
}

public enum MovePhase
{
    /// <summary>Both rings count; the mover copies.</summary>
    Joint,

    /// <summary>The ring after the move is in force; the mover deletes what is left over.</summary>
    Dropping,
}

/// <summary>
/// Publishes what <paramref name="change"/> makes of the document in force. Null when it answers null, or a majority could not be told.
/// It may be asked several times.
/// </summary>
public delegate Task<ClusterDocument?> ClusterChange(Func<ClusterDocument, ClusterDocument?> change, CancellationToken cancellationToken);
