namespace Serverless.Replication;

/// <summary>
/// Brings the owners of a key that accepted different ballots to the same one: by a round of the register itself, the only way that can neither revive what lost nor forget what is in
/// force. A promise that nobody fulfilled is overcome by it as well.
/// </summary>
internal static class RegisterRepair
{
    /// <summary>False when an owner that votes did not take it.</summary>
    public static Task<bool> RunAsync(ClusterView view, ReplicaKey key, CommitLog log, Ballots ballots, CancellationToken cancellationToken)
    {
        var lanes = RowLane.OfOwners(view, key, view.Owners(key).Where(node => node.Votes), log);
        return new RegisterProposal(lanes, new Majorities(view.Quorums(key)), ballots, new RegisterAttempt(default), cancellationToken).SpreadAsync();
    }
}
