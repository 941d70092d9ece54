namespace Serverless.Replication;

public abstract record GossipRead
{
    /// <summary>What the stamps hold of the nodes of the view, as far as word of it has come: at most one digest per stamp and node, in the order of stamps.</summary>
    public sealed record Known(IReadOnlyList<HealthDigest> Digests) : GossipRead;

    /// <summary>No node answered.</summary>
    public sealed record Unavailable : GossipRead
    {
        public static readonly Unavailable Instance = new();
    }
}
