using System.Collections.Immutable;

namespace Serverless.Limits;

/// <summary>
/// What becomes of a row and of those who wait for it. Every change of a row does three things at once: it accounts for what this instance used of its hold, it decides those who
/// wait, first come first served, and it takes ahead what the rate of the last moments foretells. Pure but for one thing: tokens that somebody waits for are withdrawn from use while it is under way.
/// </summary>
internal sealed class SubjectPlan
{
    private const int GroupsPerLease = 8;

    private readonly SubjectHome _home;
    private readonly Moment _now;
    private readonly long _timestamp;
    private readonly ulong _holder;
    private readonly LeaseTerms _terms;
    private readonly string _etag;
    private readonly Dictionary<LocalLimit, Part> _parts = [];
    private SubjectRow _row;

    /// <param name="row">As it is.</param>
    /// <param name="etag">Its ETag.</param>
    /// <param name="home">Where it is.</param>
    /// <param name="now">The present there.</param>
    /// <param name="timestamp">The same present here.</param>
    /// <param name="holder">Names this instance's holds of the subject.</param>
    /// <param name="terms">How much to take ahead, and for how long.</param>
    public SubjectPlan(SubjectRow row, string etag, SubjectHome home, Moment now, long timestamp, ulong holder, LeaseTerms terms) =>
        (_row, _etag, _home, _now, _timestamp, _holder, _terms) = (row.Tidy(now.Earliest), etag, home, now, timestamp, holder, terms);

    /// <summary>When it was made, by the instance's clock.</summary>
    public long Timestamp => _timestamp;

    /// <summary>The row afterwards.</summary>
    public SubjectRow Row => _row;

    /// <summary>Whether it is another than before.</summary>
    public bool HasChanges { get; private set; }

    public List<LeaseChange> Changes { get; } = [];

    public List<(Waiter Waiter, WaiterOutcome Outcome)> Outcomes { get; } = [];

    /// <summary>For whom tokens are taken.</summary>
    public List<(Waiter Waiter, LocalLimit Limit)> Promises { get; } = [];

    /// <summary>What limits in shadow mode would have refused.</summary>
    public List<(Waiter Waiter, WaiterOutcome.Denied Denial)> Shadows { get; } = [];

    /// <summary>Whether anybody who waits does not get what they wait for.</summary>
    public bool Denies => Outcomes.Exists(outcome => outcome.Outcome is WaiterOutcome.Denied);

    /// <summary>More limits of one subject than a row holds.</summary>
    public bool IsTooLarge => _row.Limits.Length > SubjectRow.MostParts || _row.Reservations.Length > SubjectRow.MostParts;

    /// <summary>Makes the plan. Under the subject's lock.</summary>
    public SubjectPlan Make(IEnumerable<LocalLimit> limits, IReadOnlyList<Waiter> waiters, Random random)
    {
        foreach (var limit in limits)
            _parts[limit] = Begin(limit, waiters.Any(w => w.Wish != Wish.Forecast && w.Limits.Contains(limit)));
        foreach (var waiter in waiters)
            Outcomes.Add((waiter, waiter.Wish == Wish.Return ? new WaiterOutcome.Had(TimeSpan.Zero) : Decide(waiter, random)));
        foreach (var (limit, part) in _parts)
            Finish(limit, part);
        return this;
    }

    // Accounts for what was used, and frees what is not kept.
    private Part Begin(LocalLimit limit, bool isAwaited)
    {
        var rule = limit.Rule.PartOf(_row.Part, _row.Parts);
        var algorithm = LimitAlgorithm.Of(rule.Algorithm);
        var state = algorithm.Advance(_row.StateOf(limit.Id, rule), rule, _now);
        if (rule.Mode != LimitMode.Soft && _timestamp > limit.UseBy)
            limit.Lose();
        if (rule.Mode != LimitMode.Soft && isAwaited)
            limit.Tokens = 0;
        var uses = limit.Uses.Close();
        var part = new Part(rule, algorithm, state) { Settled = uses.Count, Sequence = ++limit.Tries };
        if (rule.Mode == LimitMode.Soft && uses.Count > 0)
        {
            Settle(part, uses);
            HasChanges = true;
        }
        else if (OwnIn(state) is { } own)
        {
            part.Kept = limit.Tokens + limit.SetAside;
            part.Returned = own.Amount - limit.Uses.Amount - part.Kept;
            part.State = state with { Holds = state.Holds.Remove(own) };
            Settle(part, uses);
            HasChanges |= uses.Count > 0 || part.Kept < own.Amount;
        }

        else if (rule.Mode != LimitMode.Soft)
        {
            // What was held is gone: it counted as used when its time was over, or its home was lost.
            limit.Lose();
        }

        part.State = algorithm.Advance(part.State, rule, _now);
        if (part.Kept > 0)
            part.State = LimitAlgorithm.Take(part.State, new Hold(_holder, part.Sequence, part.Kept, _now.Latest));
        return part;
    }

    private void Settle(Part part, IReadOnlyList<(long At, long Amount)> uses)
    {
        foreach (var (at, amount) in uses)
        {
            var ago = _terms.Ticks(_timestamp - at);
            part.State = part.Algorithm.Use(part.State, part.Rule, new Moment(_now.Earliest - ago, _now.Latest - ago), amount);
        }
    }

    private WaiterOutcome Decide(Waiter waiter, Random random)
    {
        WaiterOutcome.Denied? denied = null;
        foreach (var limit in waiter.Limits)
        {
            // What this instance holds is as good as free to its own request, though a forecast takes none of it.
            var needed = waiter.Wish == Wish.Forecast ? Math.Max(0, waiter.Cost - _parts[limit].Kept) : waiter.Cost;
            if (Denial(limit, needed) is not { } denial)
                continue;
            if (limit.Rule.Shadow)
                Shadows.Add((waiter, denial));
            else if (denied is null || denial.RetryAfter > denied.RetryAfter)
                denied = denial;
        }

        if (denied is not null)
            return denied;
        if (waiter.Wish == Wish.Forecast)
            return new WaiterOutcome.Had(TimeSpan.Zero);
        var delay = waiter.Limits.Max(TurnOf);
        if (waiter.Wish == Wish.Tokens)
        {
            foreach (var limit in waiter.Limits.Where(limit => Available(limit) >= waiter.Cost))
            {
                _parts[limit].Promised += waiter.Cost;
                Promises.Add((waiter, limit));
            }

            return new WaiterOutcome.Had(TimeSpan.FromTicks(delay));
        }

        var used = ImmutableArray.CreateBuilder<ReservedPart>();
        foreach (var limit in waiter.Limits)
        {
            var part = _parts[limit];
            if (Available(limit) < waiter.Cost)
                continue;
            part.State = part.Algorithm.Use(part.State, part.Rule, _now, waiter.Cost);
            used.Add(new ReservedPart(limit.Id, limit.Rule, part.Algorithm.MarkOf(part.Rule, _now), waiter.Cost));
            HasChanges = true;
        }

        var reservation = waiter.Wish == Wish.Reservation ? Reserve(waiter, used.ToImmutable(), random) : 0;
        return new WaiterOutcome.Had(TimeSpan.FromTicks(delay), reservation);
    }

    private ulong Reserve(Waiter waiter, ImmutableArray<ReservedPart> parts, Random random)
    {
        var id = SecureRandom.Next64(random);
        _row = _row with { Reservations = _row.Reservations.Add(new Reservation(id, _now.Earliest + waiter.ReservedFor.Ticks, parts)) };
        HasChanges = true;
        return id;
    }

    // How long who comes now waits for his turn, behind those who have used or been promised theirs.
    private long TurnOf(LocalLimit limit) => limit.Rule.HasTurns ? _parts[limit].Algorithm.DelayOf(Held(_parts[limit]), _parts[limit].Rule) : 0;

    private WaiterOutcome.Denied? Denial(LocalLimit limit, long cost)
    {
        var part = _parts[limit];
        var rule = part.Rule;
        if (!rule.FailOpen && !_home.Knows(rule, _now))
            return new WaiterOutcome.Denied(limit, TimeSpan.FromTicks(_home.KnowsFrom(rule) - _now.Earliest));
        if (Available(limit) >= cost)
            return null;

        // Never: more than this part of the limit. By then the parts may have come together.
        var at = part.Algorithm.AvailableAt(Held(part), rule, _now, cost);
        return new WaiterOutcome.Denied(limit, at == LimitDecision.Never ? _terms.LeaseOf(rule) : TimeSpan.FromTicks(at - _now.Earliest));
    }

    private long Available(LocalLimit limit)
    {
        var part = _parts[limit];
        return !limit.Rule.FailOpen && !_home.Knows(limit.Rule, _now) ? 0
            : Math.Max(0, part.Algorithm.Available(part.State, part.Rule, _now) - part.Promised);
    }

    private LimitState Held(Part part) => part.Promised == 0 ? part.State
        : LimitAlgorithm.Take(part.State, new Hold(_holder, part.Sequence, part.Promised, _now.Latest));

    // Takes ahead what will be needed, and puts the state back into the row.
    private void Finish(LocalLimit limit, Part part)
    {
        var (rule, state) = (part.Rule, part.State);
        if (OwnIn(state) is { } kept)
            state = state with { Holds = state.Holds.Remove(kept) };
        var until = Math.Min(_now.Earliest + _terms.LeaseOf(rule).Ticks, part.Algorithm.LastUseOf(rule, _now));
        var others = !state.Holds.IsEmpty;
        var ahead = rule.Mode == LimitMode.Leased && !rule.Delays && until > _now.Latest ? _terms.Ahead(limit, part.Kept + part.Promised, Available(limit), others) : 0;
        var added = part.Promised + ahead;
        if (part.Kept + added > 0 && rule.Mode != LimitMode.Soft)
            state = LimitAlgorithm.Take(state, new Hold(_holder, part.Sequence, part.Kept + added, until));
        HasChanges |= added > 0;

        _row = _row.With(limit.Id, rule, state, _now);
        var elsewhere = _home.Knows(rule, _now) || rule.FailOpen ? part.Algorithm.Available(state, rule, _now) : 0;
        var useBy = rule.Mode == LimitMode.Soft ? _timestamp + _terms.Timestamps(_terms.LeaseOf(rule).Ticks) : _timestamp + _terms.Timestamps(until - _now.Latest);
        Changes.Add(new LeaseChange(limit, part.Sequence, part.Settled, added, useBy, _etag)
        {
            RenewAt = useBy - _terms.Timestamps(_terms.LeaseOf(rule).Ticks / 4),
            Returned = part.Returned,
            Span = _terms.Timestamps(_terms.LeaseOf(rule).Ticks / GroupsPerLease),
            // Of a part, as if the others had as much.
            Elsewhere = elsewhere * _row.Parts,
            WholeAt = _timestamp + _terms.Timestamps(Math.Max(0, part.Algorithm.WholeAt(state, rule, _now) - _now.Earliest)),
        });
    }

    private Hold? OwnIn(LimitState state)
    {
        foreach (var hold in state.Holds)
        {
            if (hold.Holder == _holder)
                return hold;
        }

        return null;
    }

    /// <summary>One limit while the plan is made.</summary>
    private sealed class Part(LimitRule rule, LimitAlgorithm algorithm, LimitState state)
    {
        /// <summary>What this row may give.</summary>
        public LimitRule Rule => rule;

        public LimitAlgorithm Algorithm => algorithm;

        public LimitState State { get; set; } = state;

        /// <summary>The number of the hold afterwards.</summary>
        public int Sequence { get; init; }

        /// <summary>Groups of uses that are accounted for.</summary>
        public int Settled { get; init; }

        /// <summary>Tokens that nobody holds any more.</summary>
        public long Returned { get; set; }

        /// <summary>Tokens that go on being held.</summary>
        public long Kept { get; set; }

        /// <summary>Tokens that are taken because somebody waits for them.</summary>
        public long Promised { get; set; }
    }
}
