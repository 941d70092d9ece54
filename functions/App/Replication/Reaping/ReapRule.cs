namespace Serverless.Replication;

/// <summary>Which rows may be forgotten.</summary>
internal static class ReapRule
{
    /// <summary>
    /// Whether a row says no more than that its key was deleted, or nothing at all, and has said so for long. Its age is that of its last change,
    /// by the storage's own clock: nothing in it is younger. The coordinators' clocks (<see cref="Version.WrittenAt"/>) are not asked, since one that is wrong
    /// would make a tombstone too young for ever, or old at once. Ballots are, since they must go on growing: one from a clock
    /// that was ahead would, if a single acceptor kept it, win against all that is written after the reaping.
    /// </summary>
    /// <param name="row">As an owner holds it.</param>
    /// <param name="written">When it last changed.</param>
    /// <param name="before">What is older than this is old.</param>
    public static bool IsOver(ReplicaRow row, DateTimeOffset written, DateTimeOffset before) =>
        written < before
        && row.Set.Versions.All(version => version.IsTombstone)
        && (row.Register is not { } register
            || (register.Value is null or { IsDeleted: true } && IsOld(register.Promised, before) && IsOld(register.Accepted, before)));

    private static bool IsOld(Ballot ballot, DateTimeOffset before) => ballot.Round < (ulong)Math.Max(0, before.ToUnixTimeMilliseconds());
}
