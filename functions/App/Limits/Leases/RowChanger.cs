using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>
/// Changes the row of one subject for this instance, one change at a time: reads it unless it is as this instance left it, plans, and swaps it if nobody else has meanwhile. Where others
/// are in the way it gives them their turns; where far too many are, it divides the subject.
/// </summary>
/// <param name="subject">Whose row.</param>
/// <param name="parts">What it works with.</param>
/// <param name="lock">Guards the next two, and all that the limits hold.</param>
/// <param name="limits">Of the subject.</param>
/// <param name="waiting">Those who wait for the next change.</param>
/// <param name="terms">How much to take ahead, for how long, and how often.</param>
internal sealed class RowChanger(string subject, LimiterParts parts, Lock @lock, List<LocalLimit> limits, List<Waiter> waiting, LeaseTerms terms)
{
    private const int MostTries = 10;
    private const int MostGathers = 2;
    private const int LongestPauseMilliseconds = 25;
    private const int MostDoublings = 3;

    private readonly ReplicaKey _key = SubjectStore.KeyOf(subject);
    private readonly ulong _holder = SecureRandom.Next64(parts.Random);
    private StoredSubject? _stored;
    private int _parts = 1;
    private long _changed;

    /// <summary>Changes the row, and gives everybody who waits an outcome. Never throws.</summary>
    public async Task RunAsync()
    {
        if (terms.Pace - parts.Clock.GetElapsedTime(_changed) is var pause && pause > TimeSpan.Zero)
            await Task.Delay(pause, parts.Clock, CancellationToken.None);
        _stored = terms.IsContended ? null : _stored;
        var waiters = new List<Waiter>();
        try
        {
            if (await TryAsync(waiters) is { } why)
                Fail(waiters, why);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Fail(waiters, failure.GetType().Name);
            parts.Failed(failure, subject);
        }

        _changed = parts.Clock.GetTimestamp();
    }

    private void Fail(List<Waiter> waiters, string why)
    {
        _stored = null;
        lock (@lock)
            TakeIn(waiters);
        waiters.ForEach(waiter => waiter.Outcome = new WaiterOutcome.Failed(why));
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
            lock (@lock)
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
                terms.Passed(collisions);
                Finish(plan, stored.Rows.Length == 1 ? stored : null);
                return null;
            }

            Called();
            switch (await SubjectStore.ChangeAsync(stored, rows, CancellationToken.None))
            {
                case RowCommit.Done(var etags):
                    terms.Passed(collisions);
                    if (rows.Count > stored.Rows.Length)
                        terms.Divided();
                    Finish(plan, stored.After(rows, etags, _holder));
                    return null;
                case RowCommit.Unavailable:
                    return "the home of the subject does not answer";
                case RowCommit.Uncertain:
                    lock (@lock)
                        plan.Changes.ForEach(change => change.Limit.Unanswered.Add(change));
                    break;
                default:
                    terms.Collided();
                    collisions++;
                    gathers += gather ? 1 : 0;
                    break;
            }

            _stored = null;
            await Task.Delay(TimeSpan.FromMilliseconds(parts.Random.Next((LongestPauseMilliseconds << Math.Min(tries, MostDoublings)) + 1)), parts.Clock, CancellationToken.None);
        }

        terms.Passed(collisions);
        return "too many instances change the subject at once";
    }

    // Those who came while the row was read are decided with the others.
    private void TakeIn(List<Waiter> waiters)
    {
        foreach (var waiter in waiting.Where(waiter => waiter.Wish is Wish.Decision or Wish.Tokens))
        {
            foreach (var limit in waiter.Limits)
                limit.Demand += waiter.Cost;
        }

        waiters.AddRange(waiting);
        waiting.Clear();
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
        lock (@lock)
            limits.ForEach(limit => Reconcile(limit, stored));
        _parts = stored.Rows[0].Row.Parts;
        return _stored = stored;
    }

    private void Called() => parts.Metrics.Called(limits);

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
        foreach (var limit in limits)
            limit.Measure(timestamp, parts.Clock);
        var division = new SubjectParts(parts.Split, id => limits.Find(limit => limit.Id == id)?.Rule, now);
        var row = stored.Rows.Length == 1 ? stored.Rows[0].Row : division.Join(stored.Rows.Select(part => part.Row));
        var plan = new SubjectPlan(row, stored.ETagOf(_holder), stored.Home, now, timestamp, _holder, terms).Make(limits, waiters, parts.Random);
        var until = terms.IsHot ? now.Latest + parts.Split.Life.Ticks : plan.Row.DividedUntil;
        return (plan, stored.IsWhole && until > now.Earliest && division.Divide(plan.Row with { DividedUntil = until }) is { } divided ? divided : [plan.Row]);
    }

    // Without rows it is read again before the next change.
    private void Finish(SubjectPlan plan, StoredSubject? stored)
    {
        lock (@lock)
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
                CountShadows(waiter, outcome, plan);
                waiter.Outcome = outcome is WaiterOutcome.Denied told ? told with { RetryAfter = Left(told.RetryAfter, plan.Timestamp) } : outcome;
                if (outcome is WaiterOutcome.Denied denied && waiter.Wish != Wish.Forecast)
                    Deny(denied, waiter.Cost, plan);
            }
        }
    }

    private void CountShadows(Waiter waiter, WaiterOutcome outcome, SubjectPlan plan)
    {
        if (outcome is not WaiterOutcome.Had || waiter.Wish is not (Wish.Decision or Wish.Reservation))
            return;
        foreach (var limit in waiter.Limits.Where(limit => limit.Rule.Shadow))
            parts.Metrics.Shadowed(limit.Rule, !plan.Shadows.Exists(shadow => ReferenceEquals(shadow.Waiter, waiter) && shadow.Denial.Limit == limit));
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
            wait = wait < terms.LeaseOf(limit.Rule) ? wait : terms.LeaseOf(limit.Rule);
        wait = wait > terms.Pace ? wait : terms.Pace;
        (limit.DeniedUntil, limit.DeniedCost) = (plan.Timestamp + terms.Timestamps(wait.Ticks), cost);
    }
}
