namespace Serverless.Replication;

/// <summary>
/// Orders the attempts of proposers on one register (the ballot number of Paxos, Lamport 1998). Never used twice.
/// </summary>
/// <param name="Round">At least the milliseconds since 1970 when it was drawn, so that ballots go on growing after a register was reaped; 0 is no ballot.</param>
/// <param name="Proposer">64 random bits, drawn for each operation.</param>
public readonly record struct Ballot(ulong Round, ulong Proposer) : IComparable<Ballot>
{
    public static readonly Ballot None;

    public int CompareTo(Ballot other)
    {
        var byRound = Round.CompareTo(other.Round);
        return byRound != 0 ? byRound : Proposer.CompareTo(other.Proposer);
    }

    public static bool operator <(Ballot left, Ballot right) => left.CompareTo(right) < 0;

    public static bool operator >(Ballot left, Ballot right) => left.CompareTo(right) > 0;

    public static bool operator <=(Ballot left, Ballot right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Ballot left, Ballot right) => left.CompareTo(right) >= 0;
}
