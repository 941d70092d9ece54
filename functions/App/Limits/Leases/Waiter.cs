namespace Serverless.Limits;

/// <summary>A request that this instance cannot decide by itself.</summary>
/// <param name="Limits">Of one subject.</param>
/// <param name="Cost">At least 1.</param>
/// <param name="Wish">What it waits for.</param>
internal sealed record Waiter(IReadOnlyList<LocalLimit> Limits, long Cost, Wish Wish)
{
    /// <summary>How long a reservation may be settled.</summary>
    public TimeSpan ReservedFor { get; init; }

    /// <summary>Nobody waits for it: it gives way to whoever waits for something.</summary>
    public bool IsAhead { get; init; }

    /// <summary>It does not wait any more: nothing is set aside for it.</summary>
    public bool HasLeft { get; set; }

    /// <summary>Null until it is known.</summary>
    public WaiterOutcome? Outcome { get; set; }
}

internal enum Wish
{
    /// <summary>To be decided in the row: all of its limits together.</summary>
    Decision,

    /// <summary>The same, changing nothing.</summary>
    Forecast,

    /// <summary>The same, so that it can be settled for less later.</summary>
    Reservation,

    /// <summary>Tokens for its limits, set aside for it, because it has limits of other subjects as well and all must have some before any is used.</summary>
    Tokens,

    /// <summary>Nothing: what was not used is returned, and what was used accounted for.</summary>
    Return,
}

internal abstract record WaiterOutcome
{
    /// <summary>All of its limits had enough.</summary>
    /// <param name="Delay">How long it waits for its turn.</param>
    /// <param name="Reservation">Its number, if it is one.</param>
    public sealed record Had(TimeSpan Delay, ulong Reservation = 0) : WaiterOutcome;

    /// <summary>One had not; nothing was used.</summary>
    /// <param name="Limit">The one that lets it wait longest.</param>
    /// <param name="RetryAfter">When it would have, if nobody else came.</param>
    public sealed record Denied(LocalLimit Limit, TimeSpan RetryAfter) : WaiterOutcome;

    /// <summary>The row could not be read or changed; something may have been used all the same.</summary>
    public sealed record Failed(string Why) : WaiterOutcome;
}
