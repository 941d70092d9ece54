using System.Collections.Immutable;

namespace Serverless.Local.FrontDoor;

/// <summary>One probe of an origin.</summary>
/// <param name="Good">Whether the answer was a success, in time.</param>
/// <param name="Took">Until the answer.</param>
internal readonly record struct ProbeSample(bool Good, TimeSpan Took);

/// <summary>
/// The last probes of one origin, and what they say of it. What has not been probed yet counts as good, so that an origin gets requests from the start, and only failures take them away. Immutable.
/// </summary>
internal sealed record ProbeWindow(ProbeRule Rule)
{
    private ImmutableQueue<ProbeSample> Samples { get; init; } = [];

    private int Count { get; init; }

    /// <summary>How many of its last probes failed.</summary>
    public int Failed { get; private init; }

    /// <summary>Whether it gets requests.</summary>
    public bool IsWell => Rule.SampleSize - Failed >= Rule.SuccessfulSamples;

    /// <summary>The mean of the good probes; null when there is none.</summary>
    public TimeSpan? Latency => Count == Failed ? null : Samples.Where(sample => sample.Good).Aggregate(TimeSpan.Zero, (sum, sample) => sum + sample.Took) / (Count - Failed);

    /// <summary>With one more probe, which takes the place of the oldest when there are as many as count.</summary>
    public ProbeWindow With(ProbeSample sample)
    {
        var (samples, failed) = (Samples.Enqueue(sample), Failed + Fault(sample));
        if (Count < Rule.SampleSize)
            return this with { Samples = samples, Count = Count + 1, Failed = failed };
        samples = samples.Dequeue(out var oldest);
        return this with { Samples = samples, Failed = failed - Fault(oldest) };
    }

    private static int Fault(ProbeSample sample) => sample.Good ? 0 : 1;
}
