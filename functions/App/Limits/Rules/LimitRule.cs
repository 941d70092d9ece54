namespace Serverless.Limits;

/// <summary>One limit, as a rule states it. Immutable.</summary>
/// <param name="Name">What answers, headers and metrics call it.</param>
/// <param name="Algorithm">How it counts.</param>
/// <param name="Limit">Requests, or units of cost, per window: 0 to 1,000,000,000; 0 admits nothing.</param>
/// <param name="Window">1 second to 366 days.</param>
public sealed record LimitRule(string Name, LimitAlgorithmKind Algorithm, long Limit, TimeSpan Window)
{
    /// <summary>The most that a bucket holds, so what may be admitted at once: 1 to 1,000,000,000, default <see cref="Limit"/>. Only for the two buckets.</summary>
    public long Burst { get; init; } = Limit;

    /// <summary>Parts into which a sliding window counter divides its window: 1 to 1,000, default 200. More are more exact, and cost space.</summary>
    public int Segments { get; init; } = 200;

    /// <summary>A sliding window counter takes only a share of the partly expired segment, as if it had been used evenly. More is admitted, up to twice the limit; default false.</summary>
    public bool Weighted { get; init; }

    /// <summary>A leaking bucket admits at once but tells the request to wait for its turn, so that what goes on is evenly spaced; its burst is the queue's length. Default false: it only measures.</summary>
    public bool Delays { get; init; }

    /// <summary>How strictly the limit is kept between instances; default <see cref="LimitMode.Leased"/>.</summary>
    public LimitMode Mode { get; init; }

    /// <summary>Whether requests that it admits may have to wait for their turn.</summary>
    internal bool HasTurns => Delays && !Shadow;

    /// <summary>When the storage does not answer: true admits, false (default) refuses.</summary>
    public bool FailOpen { get; init; }

    /// <summary>How long a request waits for the storage before that counts as no answer: 1 ms to 10 s, default 1 s.</summary>
    public TimeSpan TimeBudget { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Counts and reports, but refuses nothing; default false.</summary>
    public bool Shadow { get; init; }

    /// <summary>Counts nothing and refuses nothing: an exception from a wider rule; default false.</summary>
    public bool Unlimited { get; init; }

    /// <summary>What this app's own guard refuses by this rule is queued and replayed later, instead of being answered 429; default false.</summary>
    public bool Queued { get; init; }

    /// <summary>Names of rules that do not count when this one applies to the same request.</summary>
    public IReadOnlyList<string> Replaces { get; init; } = [];

    /// <summary>The most that one request can ever have.</summary>
    public long Capacity => Algorithm is LimitAlgorithmKind.TokenBucket or LimitAlgorithmKind.LeakingBucket ? Burst : Limit;

    /// <summary>One of several parts of the rule, as equal as they can be: what all of them admit together is what the whole may. A lower limit gives no part more than a higher one.</summary>
    /// <param name="part">0 to <paramref name="parts"/> − 1.</param>
    /// <param name="parts">At least 1, which is the whole.</param>
    internal LimitRule PartOf(int part, int parts)
    {
        return parts == 1 ? this : this with { Limit = Share(Limit), Burst = Share(Burst) };

        long Share(long whole) => whole / parts + (part < whole % parts ? 1 : 0);
    }
}

/// <summary>The five algorithms.</summary>
public enum LimitAlgorithmKind
{
    /// <summary>Tokens are refilled evenly; bursts up to what the bucket holds.</summary>
    TokenBucket,

    /// <summary>Water leaks evenly; what would overflow is refused. May delay instead of only measuring.</summary>
    LeakingBucket,

    /// <summary>A count per window of the calendar.</summary>
    FixedWindow,

    /// <summary>Every admitted request of the last window, exactly. Limits up to 1,000.</summary>
    SlidingWindowLog,

    /// <summary>A count per segment of the last window.</summary>
    SlidingWindowCounter,
}

/// <summary>How instances share a limit.</summary>
public enum LimitMode
{
    /// <summary>Hard. Instances take tokens ahead, in chunks that fit their rate, and admit from those without asking anyone.</summary>
    Leased,

    /// <summary>Hard. A compare-and-swap per decision, or per group of decisions that wait at the same moment: for small limits, where tokens held by one instance would be missed by others.</summary>
    Exact,

    /// <summary>Instances admit first and account later: no request waits, and a burst may exceed the limit for a moment, by what each instance saw free at its last look.</summary>
    Soft,
}
