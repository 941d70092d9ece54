using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>
/// One subject as this instance sees it. Requests are decided here while there are tokens; else they wait for a change of the row, one at a time for all that
/// wait. Thread-safe.
/// </summary>
internal sealed class LocalSubject(string subject, LimiterParts parts)
{
    private const int MostTries = 10;
    private const int MostGathers = 2;
    private const int LongestPauseMilliseconds = 25;
    private const int MostDoublings = 3;

    private readonly Lock _lock = new();
    private readonly ReplicaKey _key = SubjectStore.KeyOf(subject);
    private readonly ulong _holder = SecureRandom.Next64(parts.Random);
    private readonly LeaseTerms _terms = new(parts.Clock, parts.Split);
    private readonly List<LocalLimit> _limits = [];
    private readonly List<Waiter> _waiters = [];
    private Task _flight = Task.CompletedTask;
    private StoredSubject? _stored;
    private int _parts = 1;
    private long _landed;
    private bool _returning;

    /// <summary>Guards all that its limits hold. Of several subjects' locks, the one of the least <see cref="Subject"/> is taken first.</summary>
    public Lock Lock => _lock;

    public string Subject => subject;

    /// <summary>What is known here of a limit.</summary>
    public LocalLimit LimitOf(MatchedLimit matched)
    {
        lock (_lock)
        {
            foreach (var limit in _limits)
            {
                if (!string.Equals(limit.Id, matched.Id, StringComparison.Ordinal))
                    continue;
                limit.Rule = matched.Rule;
                return limit;
            }

            var added = new LocalLimit(matched.Id, matched.Rule);
            if (matched.Rule.Mode == LimitMode.Soft)
                added.AssumeFree(parts.Clock.GetTimestamp() + _terms.Timestamps(_terms.LeaseOf(matched.Rule).Ticks));
            _limits.Add(added);
            return added;
        }
    }

    /// <summary>Waits until a change of the row has decided <paramref name="waiter"/>.</summary>
    public async Task<WaiterOutcome> JoinAsync(Waiter waiter)
    {
        lock (_lock)
        {
            // What would be fetched ahead may be the last there is.
            if (waiter.Wish != Wish.Return)
                _waiters.RemoveAll(one => one.IsAhead);
            _waiters.Add(waiter);
        }

        while (true)
        {
            await FlyAsync();
            if (waiter.Outcome is { } outcome)
                return outcome;
        }
    }

    /// <summary>Whoever waited for tokens has used what it needed, or gives up: what is still set aside for it is anybody's.</summary>
    public void Leave(Waiter waiter)
    {
        lock (_lock)
        {
            waiter.HasLeft = true;
            foreach (var limit in waiter.Limits)
                limit.GiveBack(waiter);
        }
    }

    /// <summary>Has the row changed for what is coming, while requests go on.</summary>
    public void Prefetch() => _ = FlyAsync();

    /// <summary>Has tokens fetched for requests to come, unless the row is being changed anyway or somebody waits.</summary>
    public void Prefetch(Waiter waiter)
    {
        lock (_lock)
        {
            if (!_flight.IsCompleted || _waiters.Count > 0)
                return;
            _waiters.Add(waiter);
        }

        Prefetch();
    }

    private Task FlyAsync()
    {
        lock (_lock)
        {
            if (_flight.IsCompleted)
                _flight = ChangeAsync();
            return _flight;
        }
    }

    private async Task ChangeAsync()
    {
        // Whoever asked holds the lock.
        await Task.Yield();
        if (_terms.Pace - parts.Clock.GetElapsedTime(_landed) is var pause && pause > TimeSpan.Zero)
            await Task.Delay(pause, parts.Clock, CancellationToken.None);
        _stored = _terms.IsContended ? null : _stored;
        var waiters = new List<Waiter>();
        try
        {
            if (await TryAsync(waiters) is { } why)
            {
                _stored = null;
                waiters.ForEach(waiter => waiter.Outcome = new WaiterOutcome.Failed(why));
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _stored = null;
            waiters.ForEach(waiter => waiter.Outcome = new WaiterOutcome.Failed(failure.GetType().Name));
            parts.Failed(failure, subject);
        }

        _landed = parts.Clock.GetTimestamp();
        ReturnLater();
    }

    // Null when it was done, else why not.
    private async Task<string?> TryAsync(List<Waiter> waiters)
    {
        var (collisions, gathers, isDivisible) = (0, 0, true);
        for (var tries = 0; tries < MostTries; tries++)
        {
            var gather = gathers is > 0 and <= MostGathers || (!isDivisible && _parts > 1);
            var isRemembered = _stored is not null && !gather;
            if (await StoredAsync(gather) is not { } stored || parts.Store.NowAt(stored.Home) is not { } now)
                return "the home of the subject does not answer";
            (SubjectPlan Plan, IReadOnlyList<SubjectRow> Rows) next;
            lock (_lock)
            {
                TakeIn(waiters);
                next = PlanOf(stored, now, waiters);
            }

            var (plan, rows) = next;
            isDivisible = waiters.TrueForAll(waiter => waiter.Limits.All(limit => parts.Split.Fits(limit.Rule)));
            if (stored.IsWhole ? plan.Denies && isRemembered : !isDivisible || (plan.Denies && gathers == 0))
            {
                // Others may have given something back since, or another part may have some.
                _stored = null;
                gathers += stored.IsWhole ? 0 : 1;
                continue;
            }

            if (plan.IsTooLarge)
                return $"the subject has more than {SubjectRow.MostParts} limits or open reservations at once";
            if (!plan.HasChanges)
            {
                _terms.Passed(collisions);
                Finish(plan, stored.Rows.Length == 1 ? stored : null);
                return null;
            }

            Called();
            switch (await SubjectStore.ChangeAsync(stored, rows, CancellationToken.None))
            {
                case RowCommit.Done(var etags):
                    _terms.Passed(collisions);
                    if (rows.Count > stored.Rows.Length)
                        _terms.Divided();
                    Finish(plan, stored.After(rows, etags, _holder));
                    return null;
                case RowCommit.Unavailable:
                    return "the home of the subject does not answer";
                case RowCommit.Uncertain:
                    lock (_lock)
                        plan.Changes.ForEach(change => change.Limit.Unanswered.Add(change));
                    break;
                default:
                    _terms.Collided();
                    collisions++;
                    gathers += gather ? 1 : 0;
                    break;
            }

            _stored = null;
            await Task.Delay(TimeSpan.FromMilliseconds(parts.Random.Next((LongestPauseMilliseconds << Math.Min(tries, MostDoublings)) + 1)), parts.Clock, CancellationToken.None);
        }

        _terms.Passed(collisions);
        return "too many instances change the subject at once";
    }

    // Those who came while the row was read are decided with the others.
    private void TakeIn(List<Waiter> waiters)
    {
        foreach (var waiter in _waiters.Where(waiter => waiter.Wish is Wish.Decision or Wish.Tokens))
        {
            foreach (var limit in waiter.Limits)
                limit.Demand += waiter.Cost;
        }

        waiters.AddRange(_waiters);
        _waiters.Clear();
    }

    // As this instance left it, or read again.
    private async Task<StoredSubject?> StoredAsync(bool gather)
    {
        if (await parts.Store.FindAsync(_key, CancellationToken.None) is not var (home, _))
            return null;
        if (!gather && _stored is { } known && known.Home.Partition == home.Partition)
            return known;
        var read = gather ? await parts.Store.ReadTogetherAsync(home, Called, CancellationToken.None) : await parts.Store.ReadAsync(home, _holder, _parts, Called, CancellationToken.None);
        if (read is not { } stored)
            return null;
        lock (_lock)
            _limits.ForEach(limit => Reconcile(limit, stored));
        _parts = stored.Rows[0].Row.Parts;
        return _stored = stored;
    }

    private void Called() => parts.Metrics.Called(_limits);

    // What became of changes whose answers were lost: the hold in the row names the one that was made.
    private void Reconcile(LocalLimit limit, StoredSubject stored)
    {
        if (limit.Unanswered.Count == 0)
            return;
        var number = -1;
        foreach (var hold in stored.Rows.SelectMany(part => part.Row.StateOf(limit.Id, limit.Rule).Holds))
            number = hold.Holder == _holder ? hold.Sequence : number;
        if (limit.Unanswered.Find(change => change.Sequence == number) is { } made)
            made.Apply();
        else
            limit.Unanswered.RemoveAll(change => change.ETag != stored.ETagOf(_holder));
    }

    private (SubjectPlan Plan, IReadOnlyList<SubjectRow> Rows) PlanOf(StoredSubject stored, Moment now, List<Waiter> waiters)
    {
        var timestamp = parts.Clock.GetTimestamp();
        foreach (var limit in _limits)
            limit.Measure(timestamp, parts.Clock);
        var division = new SubjectParts(parts.Split, id => _limits.Find(limit => limit.Id == id)?.Rule, now);
        var row = stored.Rows.Length == 1 ? stored.Rows[0].Row : division.Join(stored.Rows.Select(part => part.Row));
        var plan = new SubjectPlan(row, stored.ETagOf(_holder), stored.Home, now, timestamp, _holder, _terms).Make(_limits, waiters, parts.Random);
        var until = _terms.IsHot ? now.Latest + parts.Split.Life.Ticks : plan.Row.DividedUntil;
        return (plan, stored.IsWhole && until > now.Earliest && division.Divide(plan.Row with { DividedUntil = until }) is { } divided ? divided : [plan.Row]);
    }

    // Without rows it is read again before the next change.
    private void Finish(SubjectPlan plan, StoredSubject? stored)
    {
        lock (_lock)
        {
            _stored = stored;
            _parts = stored?.Rows[0].Row.Parts ?? _parts;
            foreach (var change in plan.Changes)
            {
                (plan.HasChanges ? (Action)change.Apply : change.Look)();
                parts.Metrics.Leased(change.Limit.Rule, change.Added);
                parts.Metrics.Returned(change.Limit.Rule, change.Returned);
            }

            foreach (var (waiter, limit) in plan.Promises.Where(promise => promise.Waiter is { IsAhead: false, HasLeft: false }))
                limit.SetAsideFor(waiter);

            // Else nobody could be decided here for want of a shadow's tokens.
            foreach (var (waiter, denial) in plan.Shadows.Where(shadow => shadow.Waiter.Wish != Wish.Forecast))
                Deny(denial, waiter.Cost, plan);
            foreach (var (waiter, outcome) in plan.Outcomes)
            {
                waiter.Outcome = outcome is WaiterOutcome.Denied told ? told with { RetryAfter = Left(told.RetryAfter, plan.Timestamp) } : outcome;
                if (outcome is WaiterOutcome.Denied denied && waiter.Wish != Wish.Forecast)
                    Deny(denied, waiter.Cost, plan);
            }
        }
    }

    // What was planned has taken time to be stored.
    private TimeSpan Left(TimeSpan wait, long since)
    {
        var gone = parts.Clock.GetElapsedTime(since);
        return wait > gone ? wait - gone : TimeSpan.Zero;
    }

    private void Deny(WaiterOutcome.Denied denied, long cost, SubjectPlan plan)
    {
        var (limit, wait) = (denied.Limit, denied.RetryAfter);

        // What others hold, or is set aside here, may come back any time; what is taken ahead here is asked for when it is needed.
        var holds = plan.Row.StateOf(limit.Id, limit.Rule).Holds;
        if (plan.Row.Parts > 1 || holds.Any(hold => hold.Holder != _holder) || limit.SetAside > 0 || plan.Row.Reservations.Length > 0)
            wait = wait < _terms.LeaseOf(limit.Rule) ? wait : _terms.LeaseOf(limit.Rule);
        wait = wait > _terms.Pace ? wait : _terms.Pace;
        (limit.DeniedUntil, limit.DeniedCost) = (plan.Timestamp + _terms.Timestamps(wait.Ticks), cost);
    }

    // What is held and not used goes back when its time is over, unless a request has had it renewed by then.
    private void ReturnLater()
    {
        lock (_lock)
        {
            var due = _limits.Where(limit => limit.Rule.Mode == LimitMode.Soft ? limit.Uses.Amount > 0 : limit.Tokens + limit.SetAside > 0).Select(limit => limit.UseBy).DefaultIfEmpty().Max();
            if (due == 0 || _returning)
                return;
            _returning = true;
            _ = ReturnAsync(due);
        }
    }

    private async Task ReturnAsync(long due)
    {
        var wait = parts.Clock.GetElapsedTime(parts.Clock.GetTimestamp(), due) + TimeSpan.FromMilliseconds(1);
        await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, parts.Clock, CancellationToken.None);
        // A change that is under way may have begun too early for it, and may end only after what is held.
        var waiter = new Waiter([], 1, Wish.Return);
        await JoinAsync(waiter);
        lock (_lock)
            _returning = false;
        if (waiter.Outcome is WaiterOutcome.Had)
            ReturnLater();
    }
}
