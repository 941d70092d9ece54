namespace Serverless.Replication;

public abstract record WriteResult
{
    /// <summary>At least W replicas hold the write.</summary>
    /// <param name="Context">What the client now knows: what it had seen, and this write; not what others wrote beside it.</param>
    /// <param name="Nodes">Which replicas had answered by then.</param>
    public sealed record Written(CausalContext Context, IReadOnlyList<string> Nodes) : WriteResult;

    /// <summary>Fewer than W replicas answered in time. The write may have reached some, and then may still appear.</summary>
    public sealed record NoQuorum(int Answered, int Needed) : WriteResult;

    /// <summary>Nothing was written: the key already has as many concurrent versions as may be kept.</summary>
    public sealed record TooManySiblings(int Siblings) : WriteResult;
}

public abstract record ReadResult
{
    /// <summary>R replicas agree, or their answers merged to this. An empty set: no replica knows the key.</summary>
    public sealed record Read(VersionSet Set, IReadOnlyList<string> Nodes, bool Repairing) : ReadResult;

    public sealed record NoQuorum(int Answered, int Needed) : ReadResult;
}
