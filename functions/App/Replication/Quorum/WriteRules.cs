namespace Serverless.Replication;

/// <summary>What one write needs and may use.</summary>
/// <param name="Needed">W: owners that must hold it before it is acknowledged.</param>
/// <param name="Sloppy">Whether nodes that stand in for owners count.</param>
/// <param name="MaxSiblings">Concurrent versions beyond which it is refused.</param>
/// <param name="Hedge">How long the nearest owner may take before the next one coordinates instead.</param>
/// <param name="Clock">Measures the hedge.</param>
internal sealed record WriteRules(int Needed, bool Sloppy, int MaxSiblings, TimeSpan Hedge, TimeProvider Clock);

/// <summary>How the first calls of a write begin.</summary>
internal enum WriteOpening
{
    /// <summary>The key is probably new: insert at once, read where it exists.</summary>
    Insert,

    /// <summary>The key probably exists: read first.</summary>
    Read,

    /// <summary>All rows are remembered from the last write.</summary>
    Remembered,
}
