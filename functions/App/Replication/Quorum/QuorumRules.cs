namespace Serverless.Replication;

/// <summary>What one operation asks of the replicas.</summary>
/// <param name="Needed">R or W, 1 to N; null: the configured quorum.</param>
/// <param name="Sloppy">Whether nodes that stand in for owners that do not answer count as well (a sloppy quorum); default true.</param>
/// <param name="AtLeast">What the caller already knows of the key: a read is answered only once it includes this. Null: nothing.</param>
public readonly record struct QuorumRules(int? Needed, bool Sloppy = true, CausalContext? AtLeast = null)
{
    /// <summary>The configured quorum, sloppy.</summary>
    public static readonly QuorumRules Default = new(null);
}
