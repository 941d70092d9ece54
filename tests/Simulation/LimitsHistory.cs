using Serverless.Limits;

namespace Serverless.Tests.Simulation;

/// <summary>
/// Who was admitted when, as the clients know it: somewhere between asking and hearing. A law is broken only when no times within those would keep it, so whatever lies wholly inside a span
/// counts for the span.
/// </summary>
internal sealed class LimitsHistory
{
    private readonly Dictionary<(string Subject, string Limit), (LimitRule Rule, List<Admission> All)> _admitted = [];

    public List<string> Broken { get; } = [];

    public int Admitted { get; private set; }

    public int Limited { get; set; }

    public int Unavailable { get; set; }

    /// <summary>One request that was admitted, by all limits that apply to it.</summary>
    public void Admit(IEnumerable<MatchedLimit> limits, long asked, long heard, long cost)
    {
        Admitted++;
        foreach (var limit in limits)
        {
            if (!_admitted.TryGetValue((limit.Subject, limit.Id), out var history))
                _admitted[(limit.Subject, limit.Id)] = history = (limit.Rule, []);
            history.All.Add(new Admission(asked, heard, cost));
        }
    }

    /// <summary>Holds every limit to what it promises.</summary>
    /// <param name="epoch">The storage's time when the simulation's was 0.</param>
    public void Check(long epoch)
    {
        foreach (var ((subject, id), (rule, all)) in _admitted)
        {
            all.Sort((a, b) => a.Heard.CompareTo(b.Heard));
            if (Broke(rule, all, epoch) is { } broken)
                Broken.Add($"{subject} {id}: {broken}");
        }
    }

    private static string? Broke(LimitRule rule, List<Admission> all, long epoch)
    {
        foreach (var first in all)
        {
            var sum = 0L;
            foreach (var last in all)
            {
                if (last.Asked < first.Asked)
                    continue;
                sum += last.Cost;
                if (sum > Most(rule, first.Asked, last.Heard, epoch))
                    return $"{sum} admitted within {TimeSpan.FromTicks(last.Heard - first.Asked)}, from {TimeSpan.FromTicks(first.Asked)}";
            }
        }

        return null;
    }

    // What a rule allows in a span, both ends counted.
    private static long Most(LimitRule rule, long from, long to, long epoch) => rule.Algorithm switch
    {
        LimitAlgorithmKind.TokenBucket or LimitAlgorithmKind.LeakingBucket => rule.Burst + (long)((Int128)rule.Limit * (to - from) / rule.Window.Ticks),
        LimitAlgorithmKind.FixedWindow => (from + epoch) / rule.Window.Ticks == (to + epoch) / rule.Window.Ticks ? rule.Limit : long.MaxValue,
        _ => to - from < rule.Window.Ticks ? rule.Limit : long.MaxValue,
    };

    private readonly record struct Admission(long Asked, long Heard, long Cost);
}
