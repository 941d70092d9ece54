namespace Serverless.Limits;

/// <summary>What one change of the row does to what this instance holds of one limit.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Sequence">The number of the hold after it.</param>
/// <param name="Settled">Groups of uses that it accounts for.</param>
/// <param name="Added">Tokens that come to those which are kept.</param>
/// <param name="UseBy">The last timestamp at which tokens may be used.</param>
/// <param name="ETag">The row's before it: once the row has another, the change will not be made any more.</param>
internal sealed record LeaseChange(LocalLimit Limit, int Sequence, int Settled, long Added, long UseBy, string ETag)
{
    /// <summary>When to ask for more, if tokens are used until then.</summary>
    public long RenewAt { get; init; }

    /// <summary>Tokens that go back unused.</summary>
    public long Returned { get; init; }

    /// <summary>What others can have after it.</summary>
    public long Elsewhere { get; init; }

    /// <summary>When all of the limit can be had again, as a timestamp.</summary>
    public long WholeAt { get; init; }

    /// <summary>How long uses are counted as one.</summary>
    public long Span { get; init; }

    /// <summary>Nothing had to be changed: what is held stays as it is in the row, and with it how long it may be used.</summary>
    public void Look()
    {
        (Limit.Elsewhere, Limit.WholeAt) = (Elsewhere, WholeAt);
        if (Limit.Rule.Mode == LimitMode.Soft)
            Apply();
    }

    /// <summary>The change was made.</summary>
    public void Apply()
    {
        Limit.Uses.Remove(Settled);

        // A soft limit holds nothing: what was free at the last look may be used, less what was used since it began.
        Limit.Tokens = Limit.Rule.Mode == LimitMode.Soft ? Math.Max(0, Elsewhere - Limit.Uses.Amount) : Limit.Tokens + Added;
        Limit.Uses.Span = Span;
        (Limit.UseBy, Limit.Elsewhere, Limit.WholeAt) = (UseBy, Elsewhere, WholeAt);
        Limit.Unanswered.Clear();
        if (Added > 0 || Limit.Rule.Mode == LimitMode.Soft)
            (Limit.RenewBelow, Limit.RenewAt) = (Limit.Tokens / 4, RenewAt);
    }
}
