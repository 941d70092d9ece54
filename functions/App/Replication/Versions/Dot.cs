namespace Serverless.Replication;

/// <summary>
/// Who issues dots for one key: a row of one replica. The row epoch is random and minted anew whenever a coordinated write
/// creates the row or meets one that only replication wrote, so no dot is ever issued twice, whatever a node lost
/// (Riak's per-key epochs).
/// </summary>
/// <param name="Incarnation">The node's incarnation: changes when the node lost state.</param>
/// <param name="Epoch">64 random bits of the row; never 0.</param>
public readonly record struct Actor(ulong Incarnation, ulong Epoch) : IComparable<Actor>
{
    public int CompareTo(Actor other)
    {
        var byIncarnation = Incarnation.CompareTo(other.Incarnation);
        return byIncarnation != 0 ? byIncarnation : Epoch.CompareTo(other.Epoch);
    }
}

/// <summary>Names one write for ever: the <paramref name="Counter"/>th write (from 1) that <paramref name="Actor"/> coordinated.</summary>
public readonly record struct Dot(Actor Actor, ulong Counter) : IComparable<Dot>
{
    public int CompareTo(Dot other)
    {
        var byActor = Actor.CompareTo(other.Actor);
        return byActor != 0 ? byActor : Counter.CompareTo(other.Counter);
    }

    public override string ToString() => $"{Actor.Incarnation:x16}{Actor.Epoch:x16}{Counter:x}";
}
