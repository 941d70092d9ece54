using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>One limit with its state.</summary>
internal sealed class Meter(LimitRule rule)
{
    public LimitAlgorithm Algorithm { get; } = LimitAlgorithm.Of(rule.Algorithm);

    public LimitState State { get; set; } = LimitAlgorithm.Of(rule.Algorithm).Blank;

    /// <summary>What was used, and when that was in truth.</summary>
    public List<(long At, long Amount)> Uses { get; } = [];

    public bool KeepsItsBound => Bounds.Keep(rule, Uses);

    public LimitDecision Decide(long at, long cost) => Decide(Moment.At(at), at, cost);

    public LimitDecision Decide(Moment now, long at, long cost)
    {
        (State, var decision) = Algorithm.Decide(State, rule, now, cost);
        if (decision.Allowed)
            Uses.Add((at, cost));
        return decision;
    }

    /// <summary>What would be decided; nothing is used.</summary>
    public LimitDecision Ask(long at, long cost) => Algorithm.Decide(State, rule, Moment.At(at), cost).Decision;

    public void Advance(Moment now) => State = Algorithm.Advance(State, rule, now);

    public long Available(Moment now) => Algorithm.Available(State, rule, now);
}
