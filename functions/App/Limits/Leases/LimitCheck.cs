namespace Serverless.Limits;

/// <summary>The limits that apply to requests of one kind, resolved to what this instance knows of them: made once, it may be checked any number of times.</summary>
public sealed class LimitCheck
{
    internal LimitCheck(IReadOnlyList<MatchedLimit> limits, LocalSubjects subjects)
    {
        Limits = limits;
        Parts = [.. limits.GroupBy(limit => limit.Subject, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Resolve(subjects[group.Key], group))];
        LeastCapacity = limits.Where(limit => !limit.Rule.Shadow).Select(limit => limit.Rule.Capacity).DefaultIfEmpty(long.MaxValue).Min();
        HasTurns = limits.Any(limit => limit.Rule.HasTurns);
        Budget = limits.Count == 0 ? TimeSpan.Zero : limits.Min(limit => limit.Rule.TimeBudget);
    }

    /// <summary>What applies.</summary>
    public IReadOnlyList<MatchedLimit> Limits { get; }

    /// <summary>How long storage may take.</summary>
    public TimeSpan Budget { get; }

    /// <summary>By subject, in the order in which their locks are taken.</summary>
    internal (LocalSubject Subject, LocalLimit[] Limits)[] Parts { get; }

    /// <summary>The most that one request can ever have.</summary>
    internal long LeastCapacity { get; }

    /// <summary>Whether requests may have to wait for their turn, which only the row tells.</summary>
    internal bool HasTurns { get; }

    /// <summary>A rule that can never give so much; null when all can.</summary>
    public LimitRule? Exceeded(long cost) => cost <= LeastCapacity ? null : Limits.First(limit => !limit.Rule.Shadow && limit.Rule.Capacity < cost).Rule;

    private static (LocalSubject Subject, LocalLimit[] Limits) Resolve(LocalSubject subject, IEnumerable<MatchedLimit> limits) =>
        (subject, [.. limits.Select(subject.LimitOf)]);
}
