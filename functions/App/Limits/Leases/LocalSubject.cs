namespace Serverless.Limits;

/// <summary>
/// One subject as this instance sees it. Requests are decided here while there are tokens; else they wait for a change of the row, one at a time for all that
/// wait. Thread-safe.
/// </summary>
internal sealed class LocalSubject
{
    private readonly Lock _lock = new();
    private readonly List<LocalLimit> _limits = [];
    private readonly List<Waiter> _waiters = [];
    private readonly LimiterParts _parts;
    private readonly LeaseTerms _terms;
    private readonly RowChanger _changer;
    private Task _change = Task.CompletedTask;
    private bool _returning;

    public LocalSubject(string subject, LimiterParts parts)
    {
        (Subject, _parts, _terms) = (subject, parts, new LeaseTerms(parts.Clock, parts.Split));
        _changer = new RowChanger(subject, parts, _lock, _limits, _waiters, _terms);
    }

    /// <summary>Guards all that its limits hold. Of several subjects' locks, the one of the least <see cref="Subject"/> is taken first.</summary>
    public Lock Lock => _lock;

    public string Subject { get; }

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
                added.AssumeFree(_parts.Clock.GetTimestamp() + _terms.Timestamps(_terms.LeaseOf(matched.Rule).Ticks));
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
            await TurnAsync();
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
    public void Prefetch() => _ = TurnAsync();

    /// <summary>Has tokens fetched for requests to come, unless the row is being changed anyway or somebody waits.</summary>
    public void Prefetch(Waiter waiter)
    {
        lock (_lock)
        {
            if (!_change.IsCompleted || _waiters.Count > 0)
                return;
            _waiters.Add(waiter);
        }

        Prefetch();
    }

    private Task TurnAsync()
    {
        lock (_lock)
        {
            if (_change.IsCompleted)
                _change = ChangeAsync();
            return _change;
        }
    }

    private async Task ChangeAsync()
    {
        // Whoever asked holds the lock.
        await Task.Yield();
        await _changer.RunAsync();
        ReturnLater();
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
        var wait = _parts.Clock.GetElapsedTime(_parts.Clock.GetTimestamp(), due) + TimeSpan.FromMilliseconds(1);
        await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, _parts.Clock, CancellationToken.None);
        // A change that is under way may have begun too early for it, and may end only after what is held.
        var waiter = new Waiter([], 1, Wish.Return);
        await JoinAsync(waiter);
        lock (_lock)
            _returning = false;
        if (waiter.Outcome is WaiterOutcome.Had)
            ReturnLater();
    }
}
