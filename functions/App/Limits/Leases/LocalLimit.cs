namespace Serverless.Limits;

/// <summary>What this instance may do with one limit of a subject without asking, and what it did and has not accounted for. Guarded by its subject's lock. Times are the instance's timestamps.</summary>
internal sealed class LocalLimit(string id, LimitRule rule)
{
    private const double Smoothing = 0.5;
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(1);
    // Less would take two requests that follow each other closely for a rate.
    private static readonly TimeSpan Measurable = TimeSpan.FromMilliseconds(100);

    private readonly List<Waiter> _setAsideFor = [];
    private long _measuredAt;

    public string Id => id;

    /// <summary>As the last request stated it.</summary>
    public LimitRule Rule { get; set; } = rule;

    /// <summary>What may be used at once.</summary>
    public long Tokens { get; set; }

    /// <summary>What only those may use who wait for tokens of other subjects as well, each what was taken for it.</summary>
    public long SetAside { get; private set; }

    /// <summary>The last moment at which <see cref="Tokens"/> and what is <see cref="SetAside"/> may be used.</summary>
    public long UseBy { get; set; }

    /// <summary>Of what was taken, what was used and not yet accounted for.</summary>
    public LocalUses Uses { get; } = new();

    /// <summary>Until then, less than <see cref="DeniedCost"/> can be had.</summary>
    public long DeniedUntil { get; set; }

    /// <summary>What could not be had.</summary>
    public long DeniedCost { get; set; }

    /// <summary>What others could have had when the row was last seen.</summary>
    public long Elsewhere { get; set; }

    /// <summary>When all of the limit could be had again, by what was last seen.</summary>
    public long WholeAt { get; set; }

    /// <summary>Changes of the hold that were tried: each has a number of its own.</summary>
    public int Tries { get; set; }

    /// <summary>Changes of the hold that were sent, whose answers are not known, and that may still be made.</summary>
    public List<LeaseChange> Unanswered { get; } = [];

    /// <summary>Tokens per second, lately.</summary>
    public double Rate { get; private set; }

    /// <summary>Asked for since <see cref="Measure"/> was called.</summary>
    public long Demand { get; set; }

    /// <summary>So much could be admitted now without asking.</summary>
    public bool Has(long cost, long now) => Tokens >= cost && (now <= UseBy || Rule.Mode == LimitMode.Soft);

    /// <summary>It is known that so much cannot be had now.</summary>
    public bool Denies(long cost, long now) => cost >= DeniedCost && now < DeniedUntil;

    /// <summary>Fewer tokens than this, or later than <see cref="RenewAt"/>: more are asked for while there are some left.</summary>
    public long RenewBelow { get; set; }

    /// <inheritdoc cref="RenewBelow"/>
    public long RenewAt { get; set; } = long.MaxValue;

    /// <summary>Uses tokens; true when it is time to ask for more, which is said once.</summary>
    public bool Use(long cost, long now)
    {
        Tokens -= cost;
        Uses.Add(cost, now);
        Demand += cost;
        if (Tokens >= RenewBelow && now < RenewAt)
            return false;
        (RenewBelow, RenewAt) = (0, long.MaxValue);
        return true;
    }

    /// <summary>Keeps for a waiter what was taken for it.</summary>
    public void SetAsideFor(Waiter waiter)
    {
        (Tokens, SetAside) = (Tokens - waiter.Cost, SetAside + waiter.Cost);
        _setAsideFor.Add(waiter);
    }

    /// <summary>What was kept for the waiter could be used now.</summary>
    public bool IsSetAsideFor(Waiter waiter, long now) =>
        _setAsideFor.Exists(one => ReferenceEquals(one, waiter)) && (now <= UseBy || Rule.Mode == LimitMode.Soft);

    /// <summary>Uses what was kept for the waiter.</summary>
    public void UseSetAside(Waiter waiter, long now)
    {
        _setAsideFor.RemoveAll(one => ReferenceEquals(one, waiter));
        SetAside -= waiter.Cost;
        Uses.Add(waiter.Cost, now);
    }

    /// <summary>What is still kept for the waiter is anybody's.</summary>
    public void GiveBack(Waiter waiter)
    {
        if (_setAsideFor.RemoveAll(one => ReferenceEquals(one, waiter)) > 0)
            (Tokens, SetAside) = (Tokens + waiter.Cost, SetAside - waiter.Cost);
    }

    /// <summary>Nothing may be used any more.</summary>
    public void Lose()
    {
        (Tokens, SetAside) = (0, 0);
        _setAsideFor.Clear();
    }

    /// <summary>A soft limit that was never looked at admits until it has been: after a 16th of it was used, or when it is used later than <paramref name="lookAt"/>.</summary>
    public void AssumeFree(long lookAt)
    {
        (Tokens, Elsewhere, UseBy) = (Rule.Capacity, Rule.Capacity, lookAt);
        (RenewBelow, RenewAt) = (Rule.Capacity - Rule.Capacity / 16, lookAt);
    }

    /// <summary>Takes the rate anew from what was asked for since the last time.</summary>
    public void Measure(long now, TimeProvider clock)
    {
        var elapsed = clock.GetElapsedTime(_measuredAt, now);
        if (elapsed < Measurable)
            return;
        Rate = elapsed > Forgotten || Demand == 0 ? 0 : Rate + Smoothing * (Demand / elapsed.TotalSeconds - Rate);
        (_measuredAt, Demand) = (now, 0);
    }
}
