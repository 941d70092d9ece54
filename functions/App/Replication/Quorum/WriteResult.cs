namespace Serverless.Replication;

public abstract record WriteResult
{
    /// <summary>At least W replicas hold the write.</summary>
    /// <param name="Context">What the client now knows: what it had seen, and this write; not what others wrote beside it.</param>
    /// <param name="Answers">Who had taken it by then.</param>
    public sealed record Written(CausalContext Context, IReadOnlyList<ReplicaAnswer> Answers) : WriteResult;

    /// <summary>Fewer than W replicas answered in time. The write may have reached some, and then may still appear.</summary>
    public sealed record NoQuorum(int Answered, int Needed) : WriteResult;

    /// <summary>Nothing was written: the key already has as many concurrent versions as may be kept.</summary>
    public sealed record TooManySiblings(int Siblings) : WriteResult;

    /// <summary>Nothing was written: the key is a strict register, which eventual writes would bypass.</summary>
    public sealed record StrictKey : WriteResult;
}

public abstract record ReadResult
{
    /// <summary>R replicas agree, or their answers merged to this. An empty set: no replica knows the key.</summary>
    /// <param name="Set">What they know.</param>
    /// <param name="Answers">Who answered.</param>
    /// <param name="Repairing">They differed; those that lack something get it in the background.</param>
    public sealed record Read(VersionSet Set, IReadOnlyList<ReplicaAnswer> Answers, bool Repairing) : ReadResult
    {
        /// <summary>The highest ballot that one of them accepted, when the key is a strict register; null when it is none.</summary>
        public RegisterState? Register { get; init; }

        /// <summary>All of them accepted the same ballot last.</summary>
        public bool RegistersAgree { get; init; } = true;
    }

    /// <summary>Enough replicas answered, but none of them had all that the caller knows already.</summary>
    public sealed record Behind(int Answered) : ReadResult;

    public sealed record NoQuorum(int Answered, int Needed) : ReadResult;
}
