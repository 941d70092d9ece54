namespace Serverless.Limits;

/// <summary>What an instance knows of a domain's rules.</summary>
public abstract record LimitRulesInForce
{
    public sealed record Known(LimitRuleSet Rules) : LimitRulesInForce;

    /// <summary>The domain has no rules.</summary>
    public sealed record Unknown : LimitRulesInForce
    {
        public static readonly Unknown Instance = new();
    }

    /// <summary>The storage does not answer, and nothing was read before.</summary>
    public sealed record Unavailable : LimitRulesInForce
    {
        public static readonly Unavailable Instance = new();
    }
}
