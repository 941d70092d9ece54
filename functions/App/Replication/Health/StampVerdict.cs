namespace Serverless.Replication;

/// <summary>
/// When a stamp holds a node for down: an instance of the stamp has its breaker open, and no instance of the stamp had an answer
/// within the last 20 s. It is up again with the first answer since. Pure.
/// </summary>
public static class StampVerdict
{
    /// <summary>How long one instance's answer outweighs another's open breaker: 20 s, twice the time between two words of an instance.</summary>
    public static readonly TimeSpan AnswerCounts = TimeSpan.FromSeconds(20);

    /// <summary>The stamp's digest after an instance has said what it saw. The digest before, when that is nothing new.</summary>
    /// <param name="before">The digest so far; null when there is none.</param>
    /// <param name="stamp">The instance's region.</param>
    /// <param name="node">The node that was seen.</param>
    /// <param name="seen">What the instance saw.</param>
    /// <param name="now">The time.</param>
    public static HealthDigest? Observe(HealthDigest? before, string stamp, Node node, HealthSnapshot seen, DateTimeOffset now)
    {
        if (seen.CalledAt is not { } calledAt)
            return before;

        var known = before?.Incarnation == node.Incarnation ? before : null;
        var answeredAt = HealthDigest.Later(before?.AnsweredAt, seen.AnsweredAt);
        var up = IsUp(known, seen, answeredAt, now);
        var since = known?.Up == up ? known.Since : Began(known, seen, up, up ? answeredAt ?? calledAt : calledAt);
        var version = before?.Version ?? 0;
        var next = known is null || calledAt >= known.SeenAt
            ? new HealthDigest(
                stamp, node.Id, node.Incarnation, up, since, calledAt, answeredAt, Math.Round(seen.ErrorRate, 4),
                Milliseconds(seen.P50), Milliseconds(seen.P95), Milliseconds(seen.P99), seen.Calls, version)
            : known with { Up = up, Since = since, AnsweredAt = answeredAt };
        return next == before ? before : next with { Version = HealthDigest.NextVersion(version, now) };
    }

    private static bool IsUp(HealthDigest? known, HealthSnapshot seen, DateTimeOffset? answeredAt, DateTimeOffset now) =>
        now - answeredAt < AnswerCounts
        || (seen.Up && (known is null || known.Up || seen.AnsweredAt > known.SeenAt));

    // The instance that saw the change knows the moment. One that is only of the same opinion since earlier knows the call that told it.
    private static DateTimeOffset Began(HealthDigest? known, HealthSnapshot seen, bool up, DateTimeOffset call)
    {
        var began = seen.Up == up && (known is null || seen.Since > known.Since) ? seen.Since : call;
        return known?.Since > began ? known.Since : began;
    }

    private static double Milliseconds(TimeSpan span) => Math.Round(span.TotalMilliseconds, 2);
}
