namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>What a step does to something that steps share.</summary>
internal enum Touch
{
    Read,

    /// <summary>Puts something beside what is there: two of these commute, a read and one of these do not.</summary>
    Add,

    Write,
}

/// <summary>One thing that a step touched.</summary>
/// <param name="Resource">A row, the rows of a partition, a node's table, the membership, a coordinator, what was acknowledged.</param>
/// <param name="How">What was done to it.</param>
internal readonly record struct Access(string Resource, Touch How)
{
    /// <summary>A resource that every other resource is part of.</summary>
    public const string Everything = "*";

    /// <summary>Whether two steps that touched these lead elsewhere in the other order.</summary>
    public static bool Conflict(IReadOnlyList<Access> some, IReadOnlyList<Access> others)
    {
        foreach (var one in some)
        {
            foreach (var other in others)
            {
                if (one.ConflictsWith(other))
                    return true;
            }
        }

        return false;
    }

    private bool ConflictsWith(Access other) =>
        (How == Touch.Write || other.How == Touch.Write || How != other.How)
        && (Resource == other.Resource || Resource == Everything || other.Resource == Everything);
}
