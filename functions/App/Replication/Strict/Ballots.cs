namespace Serverless.Replication;

/// <summary>Draws ballots that nobody drew before.</summary>
public sealed class Ballots(TimeProvider clock, Random random)
{
    /// <summary>What rounds are drawn from, and pauses measured with.</summary>
    public TimeProvider Clock => clock;

    /// <summary>A ballot above <paramref name="other"/>.</summary>
    public Ballot Above(Ballot other) =>
        new(Math.Max(other.Round + 1, (ulong)clock.GetUtcNow().ToUnixTimeMilliseconds()), SecureRandom.Next64(random));

    /// <summary>The ballot that the same proposer uses next, when nobody comes between: promised along with the one before it.</summary>
    public static Ballot After(Ballot ballot) => ballot with { Round = ballot.Round + 1 };

    /// <summary>How long a proposer that lost against another waits before it tries again: drawn up to twice as much each time (full jitter), so that one of two rivals gets through.</summary>
    /// <param name="losses">So far, from 1.</param>
    /// <param name="roundTrip">What one call usually takes.</param>
    public TimeSpan BackOff(int losses, TimeSpan roundTrip)
    {
        var least = Math.Clamp(2 * roundTrip.TotalMilliseconds, 10, 200);
        return TimeSpan.FromMilliseconds(random.NextDouble() * Math.Min(1_000, least * Math.Pow(2, losses - 1)));
    }
}
