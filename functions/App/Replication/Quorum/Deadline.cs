namespace Serverless.Replication;

/// <summary>
/// When an operation must have ended, on the monotonic clock. Checked before each send and before the answer: a late write must
/// be harmless, a late acknowledgement impossible.
/// </summary>
public readonly struct Deadline
{
    /// <summary>No operation may take longer: 60 s. Rules that reap and move data rely on it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _clock;
    private readonly long _startedAt;
    private readonly TimeSpan _allowed;

    private Deadline(TimeProvider clock, TimeSpan allowed)
    {
        _clock = clock;
        _startedAt = clock.GetTimestamp();
        _allowed = allowed;
    }

    public static Deadline In(TimeSpan allowed, TimeProvider clock) =>
        allowed > TimeSpan.Zero && allowed <= Longest
            ? new(clock, allowed)
            : throw new ArgumentOutOfRangeException(nameof(allowed), allowed, "A deadline lies above 0 s and at most 60 s ahead.");

    public TimeSpan Remaining
    {
        get
        {
            var left = _allowed - _clock.GetElapsedTime(_startedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public bool HasPassed => Remaining == TimeSpan.Zero;
}
