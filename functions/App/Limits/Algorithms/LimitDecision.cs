namespace Serverless.Limits;

/// <summary>What an algorithm says of one request.</summary>
/// <param name="Allowed">Whether it may go on.</param>
/// <param name="Remaining">What could still be had at this moment, after it.</param>
/// <param name="RetryAt">When refused: the first tick at which the same request would be admitted if nothing else were; <see cref="Never"/> when it costs more than the limit can ever give.</param>
/// <param name="WholeAt">The first tick at which all of the limit could be had again.</param>
public sealed record LimitDecision(bool Allowed, long Remaining, long RetryAt, long WholeAt)
{
    /// <summary>Later than everything.</summary>
    public const long Never = long.MaxValue;

    /// <summary>How long an admitted request waits for its turn, in ticks: only a leaking bucket that delays.</summary>
    public long Delay { get; init; }
}
