namespace Serverless.Limits;

/// <summary>What becomes of a request.</summary>
public abstract record LimitVerdict
{
    /// <summary>It may go on.</summary>
    /// <param name="Delay">When: at once, unless a leaking bucket tells it to wait for its turn.</param>
    public sealed record Admitted(TimeSpan Delay) : LimitVerdict
    {
        public static readonly Admitted AtOnce = new(TimeSpan.Zero);
    }

    /// <summary>A limit has not enough left, and nothing of any limit was used.</summary>
    /// <param name="By">Of those, the rule that lets it wait longest.</param>
    /// <param name="RetryAfter">When the same request would be admitted if nobody else came: exactly then, and not a tick earlier.</param>
    public sealed record Limited(LimitRule By, TimeSpan RetryAfter) : LimitVerdict;

    /// <summary>It costs more than a limit can ever give.</summary>
    /// <param name="By">The rule.</param>
    public sealed record Impossible(LimitRule By) : LimitVerdict;

    /// <summary>Where it is counted does not answer, and a rule says that it is refused then. Something may have been used all the same, which can only admit less.</summary>
    /// <param name="By">The rule.</param>
    /// <param name="Why">What failed.</param>
    public sealed record Unavailable(LimitRule By, string Why) : LimitVerdict;
}

/// <summary>How a limit stands, as far as this instance knows.</summary>
/// <param name="Rule">The limit.</param>
/// <param name="Remaining">What can still be had.</param>
/// <param name="ResetAfter">When all of it can be had again.</param>
public readonly record struct LimitStanding(LimitRule Rule, long Remaining, TimeSpan ResetAfter);
