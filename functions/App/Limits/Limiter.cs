using Microsoft.Extensions.Options;

namespace Serverless.Limits;

/// <summary>Decides requests against the limits that apply to them: from tokens that this instance holds while there are some, else in the subjects' rows. Thread-safe.</summary>
public sealed class Limiter
{
    private const int MostRounds = 4;

    private readonly LocalSubjects _subjects;
    private readonly LimiterParts _parts;

    internal Limiter(LimiterParts parts, IOptions<LimitsOptions> options) => (_parts, _subjects) = (parts, new LocalSubjects(parts, options.Value.KnownSubjects));

    /// <summary>By which it counts.</summary>
    public TimeProvider Clock => _parts.Clock;

    /// <summary>Subjects that this instance remembers.</summary>
    public int Known => _subjects.Count;

    /// <summary>Resolves limits, so that requests can be checked against them. Cheap; to be made anew when rules may have changed.</summary>
    public LimitCheck Prepare(IReadOnlyList<MatchedLimit> limits) => new(limits, _subjects);

    /// <summary>Decides without waiting for anything; null when this instance cannot decide it alone, and then nothing was used.</summary>
    public LimitVerdict? TryCheck(LimitCheck check, long cost) => TryCheck(check, cost, gathered: null);

    // Who has gathered what can be had knows his turn, and what a shadow lacks.
    private LimitVerdict? TryCheck(LimitCheck check, long cost, List<(LocalSubject Subject, Waiter Waiter)>? gathered)
    {
        var parts = check.Parts;
        if (parts.Length == 0 || cost == 0)
            return LimitVerdict.Admitted.AtOnce;
        if (cost > check.LeastCapacity)
            return new LimitVerdict.Impossible(check.Exceeded(cost)!);
        LimitVerdict? verdict;
        var asks = false;
        if (parts.Length == 1)
        {
            lock (parts[0].Subject.Lock)
                verdict = Decide(check, cost, gathered, ref asks);
        }
        else
        {
            verdict = DecideTogether(check, cost, gathered, ref asks);
        }

        if (asks)
            Array.ForEach(parts, part => part.Subject.Prefetch());
        Count(check, verdict);
        return verdict;
    }

    /// <summary>Decides, waiting for storage where it must, and no longer than the rules allow.</summary>
    /// <param name="check">What applies.</param>
    /// <param name="cost">At least 0.</param>
    /// <param name="cancellationToken">Stops waiting; something may have been used by then.</param>
    public ValueTask<LimitVerdict> CheckAsync(LimitCheck check, long cost, CancellationToken cancellationToken) =>
        TryCheck(check, cost) is { } verdict ? new(verdict) : new(WaitAsync(check, cost, cancellationToken));

    /// <summary>Asks for tokens, so that later requests need not wait; but not where they have to wait for their turn.</summary>
    public void Prefetch(LimitCheck check, long cost)
    {
        if (check.HasTurns)
            return;
        foreach (var (subject, waiter) in Lacking(check, cost, []))
            subject.Prefetch(waiter with { IsAhead = true });
    }

    /// <summary>What would become of a request now; nothing is used.</summary>
    public async Task<LimitVerdict> ForecastAsync(LimitCheck check, long cost, CancellationToken cancellationToken)
    {
        if (check.Exceeded(cost) is { } never)
            return new LimitVerdict.Impossible(never);
        if (cost == 0)
            return LimitVerdict.Admitted.AtOnce;
        var outcomes = await Task.WhenAll(check.Parts.Select(part => AskAsync(check, part.Subject, new Waiter(part.Limits, cost, Wish.Forecast), cancellationToken)));
        return Verdict(outcomes, check);
    }

    /// <summary>How the limits stand.</summary>
    public IReadOnlyList<LimitStanding> Standings(LimitCheck check)
    {
        var now = _parts.Clock.GetTimestamp();
        var standings = new List<LimitStanding>(check.Limits.Count);
        foreach (var (subject, limits) in check.Parts)
        {
            lock (subject.Lock)
            {
                foreach (var limit in limits)
                {
                    var reset = limit.WholeAt > now ? _parts.Clock.GetElapsedTime(now, limit.WholeAt) : TimeSpan.Zero;
                    var tokens = limit.Rule.Mode == LimitMode.Soft ? limit.Tokens : limit.Elsewhere + limit.Tokens;
                    standings.Add(new LimitStanding(limit.Rule, Math.Min(tokens, limit.Rule.Capacity), reset));
                }
            }
        }

        return standings;
    }

    /// <summary>Asks one subject's row, within the rules' time.</summary>
    internal async Task<(LocalSubject Subject, WaiterOutcome Outcome)> AskAsync(LimitCheck check, LocalSubject subject, Waiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            return (subject, await subject.JoinAsync(waiter).WaitAsync(check.Budget, _parts.Clock, cancellationToken));
        }
        catch (TimeoutException)
        {
            return (subject, new WaiterOutcome.Failed($"the home of the subject has not answered within {check.Budget.TotalMilliseconds:0} ms"));
        }
    }

    /// <summary>What outcomes of all subjects come to; those who failed count as their rules say.</summary>
    internal static LimitVerdict Verdict(IReadOnlyList<(LocalSubject Subject, WaiterOutcome Outcome)> outcomes, LimitCheck check)
    {
        var delay = TimeSpan.Zero;
        WaiterOutcome.Denied? denied = null;
        foreach (var (subject, outcome) in outcomes)
        {
            switch (outcome)
            {
                case WaiterOutcome.Denied one when denied is null || one.RetryAfter > denied.RetryAfter:
                    denied = one;
                    break;
                case WaiterOutcome.Had had when had.Delay > delay:
                    delay = had.Delay;
                    break;
                case WaiterOutcome.Failed failed when check.Limits.FirstOrDefault(l => l.Subject == subject.Subject && l.Rule is { FailOpen: false, Shadow: false, Mode: not LimitMode.Soft }) is { } closed:
                    return new LimitVerdict.Unavailable(closed.Rule, failed.Why);
            }
        }

        return denied is not null ? new LimitVerdict.Limited(denied.Limit.Rule, denied.RetryAfter)
            : delay > TimeSpan.Zero ? new LimitVerdict.Admitted(delay) : LimitVerdict.Admitted.AtOnce;
    }

    private async Task<LimitVerdict> WaitAsync(LimitCheck check, long cost, CancellationToken cancellationToken)
    {
        // One subject is decided in its row. Of several each must have enough here before any is used, or a refusal would have used some.
        var verdict = check.Parts.Length == 1
            ? Verdict([await AskAsync(check, check.Parts[0].Subject, new Waiter(check.Parts[0].Limits, cost, Wish.Decision), cancellationToken)], check)
            : await GatherAsync(check, cost, cancellationToken);
        if (check.Parts.Length == 1)
            Count(check, verdict);
        return verdict;
    }

    private async Task<LimitVerdict> GatherAsync(LimitCheck check, long cost, CancellationToken cancellationToken)
    {
        var (gathered, turn) = (new List<(LocalSubject Subject, Waiter Waiter)>(), LimitVerdict.Admitted.AtOnce);
        try
        {
            for (var round = 0; round < MostRounds; round++)
            {
                var lacking = Lacking(check, cost, gathered);
                gathered.AddRange(lacking);
                var outcomes = await Task.WhenAll(lacking.Select(waiter => AskAsync(check, waiter.Subject, waiter.Waiter, cancellationToken)));
                var verdict = Verdict(outcomes, check);
                if (verdict is not LimitVerdict.Admitted admitted || outcomes.Any(o => o.Outcome is WaiterOutcome.Failed))
                    return verdict;
                turn = admitted.Delay > turn.Delay ? admitted : turn;
                if (TryCheck(check, cost, gathered) is { } decided)
                    return decided is LimitVerdict.Admitted ? turn : decided;
            }

            return new LimitVerdict.Unavailable(check.Limits[0].Rule, "what was taken for this request did not last until all of it was there");
        }
        finally
        {
            gathered.ForEach(one => one.Subject.Leave(one.Waiter));
        }
    }

    private List<(LocalSubject Subject, Waiter Waiter)> Lacking(LimitCheck check, long cost, List<(LocalSubject Subject, Waiter Waiter)> gathered)
    {
        var lacking = new List<(LocalSubject Subject, Waiter Waiter)>();
        foreach (var (subject, limits) in check.Parts)
        {
            lock (subject.Lock)
            {
                var now = _parts.Clock.GetTimestamp();
                if (Array.FindAll(limits, limit => SetAside(limit, gathered, now) is null && (!limit.Has(cost, now) || limit.Rule.HasTurns)) is { Length: > 0 } some)
                    lacking.Add((subject, new Waiter(some, cost, Wish.Tokens)));
            }
        }

        return lacking;
    }

    // For whom of those there are tokens of the limit.
    private static Waiter? SetAside(LocalLimit limit, List<(LocalSubject Subject, Waiter Waiter)>? gathered, long now) =>
        gathered?.Find(one => limit.IsSetAsideFor(one.Waiter, now)).Waiter;

    private LimitVerdict? DecideTogether(LimitCheck check, long cost, List<(LocalSubject Subject, Waiter Waiter)>? gathered, ref bool asks)
    {
        var entered = 0;
        try
        {
            for (; entered < check.Parts.Length; entered++)
                check.Parts[entered].Subject.Lock.Enter();
            return Decide(check, cost, gathered, ref asks);
        }
        finally
        {
            while (entered > 0)
                check.Parts[--entered].Subject.Lock.Exit();
        }
    }

    // Under all locks: uses tokens only when every limit has enough.
    private LimitVerdict? Decide(LimitCheck check, long cost, List<(LocalSubject Subject, Waiter Waiter)>? gathered, ref bool asks)
    {
        var now = _parts.Clock.GetTimestamp();
        (LocalLimit? Limit, long Until) denied = default;
        foreach (var (_, limits) in check.Parts)
        {
            foreach (var limit in limits)
            {
                if (limit.Has(cost, now) || (gathered is not null && (limit.Rule.Shadow || SetAside(limit, gathered, now) is not null)))
                    continue;
                if (!limit.Denies(cost, now))
                    return null;
                if (!limit.Rule.Shadow && limit.DeniedUntil > denied.Until)
                    denied = (limit, limit.DeniedUntil);
            }
        }

        if (check.HasTurns && gathered is null && denied.Limit is null)
            return null;
        foreach (var (_, limits) in check.Parts)
        {
            foreach (var limit in limits)
            {
                if (denied.Limit is not null)
                    limit.Demand += cost;
                else if (gathered is not null && SetAside(limit, gathered, now) is { } waiter)
                    limit.UseSetAside(waiter, now);
                else if (limit.Has(cost, now))
                    asks |= Use(limit, cost, now);
                else
                    _parts.Metrics.Shadowed(limit.Rule, isAdmitted: false);
            }
        }

        return denied.Limit is null ? LimitVerdict.Admitted.AtOnce : new LimitVerdict.Limited(denied.Limit.Rule, _parts.Clock.GetElapsedTime(now, denied.Until));
    }

    private bool Use(LocalLimit limit, long cost, long now)
    {
        if (limit.Rule.Shadow)
            _parts.Metrics.Shadowed(limit.Rule, isAdmitted: true);
        return limit.Use(cost, now);
    }

    /// <summary>Counts what was decided, by rule; limits in shadow mode are counted where it is known what they would have decided.</summary>
    internal void Count(LimitCheck check, LimitVerdict? verdict)
    {
        if (verdict is null || !_parts.Metrics.IsHeard)
            return;
        foreach (var limit in check.Limits)
        {
            switch (verdict)
            {
                case LimitVerdict.Admitted when !limit.Rule.Shadow:
                    _parts.Metrics.Admitted(limit.Rule);
                    break;
                case LimitVerdict.Limited(var by, _) when by == limit.Rule:
                    _parts.Metrics.Limited(limit.Rule, "limit");
                    break;
                case LimitVerdict.Unavailable(var by, _) when by == limit.Rule:
                    _parts.Metrics.Limited(limit.Rule, "unavailable");
                    break;
            }
        }
    }
}
