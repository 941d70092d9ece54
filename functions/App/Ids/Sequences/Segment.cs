namespace Serverless.Ids;

/// <summary>Consecutive counts that belong to one instance.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Count">How many.</param>
internal readonly record struct Segment(long First, int Count);

/// <summary>What is stored of a sequence in its home.</summary>
/// <param name="Next">The first count that nobody has.</param>
/// <param name="Ceiling">Nothing is handed out from here on before a quorum of nodes holds a higher mark.</param>
/// <param name="Others">The mark of other homes that <paramref name="Next"/> accounts for.</param>
/// <param name="Taker">Random; names the request that took the last segment, which tells it so when the answer was lost.</param>
internal sealed record SegmentRow(long Next, long Ceiling, long Others, string Taker);
