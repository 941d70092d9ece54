namespace Serverless.Replication;

/// <summary>
/// One write to the owners of a key. One owner coordinates: it issues the dot under its row's ETag, the others receive the
/// result; W acknowledgements end it, the rest goes on in the background. An unknown key is inserted on all owners at once: a
/// dot with a fresh epoch is unique wherever it lands, so only an owner that already has the row costs a read. For an owner that
/// does not take the write another node keeps a hint; in a sloppy quorum that counts, and such a node may even coordinate.
/// </summary>
internal sealed class QuorumWrite
{
    private readonly WriteIntent _intent;
    private readonly IReadOnlyList<RowLane> _lanes;
    private readonly bool _moves;
    private readonly StandIns _standIns;
    private readonly WriteRules _rules;
    private readonly Func<ulong> _newEpoch;
    private readonly CancellationToken _token;
    private readonly ulong _firstEpoch;
    private readonly VersionSet _first;
    private readonly TaskCompletionSource<VersionSet?> _decided = new();
    private readonly TaskCompletionSource _more = new();
    private readonly Lazy<Task<bool>>[] _prepared;
    private readonly WriteTally _tally;
    private int _tooMany;
    private bool _strict;
    private int _insertsOpen;
    private bool _firstMayLand;
    private bool _uncertain;

    /// <param name="intent">What is written.</param>
    /// <param name="lanes">One per owner, the one to coordinate first in front.</param>
    /// <param name="quorums">The sets of owners of each of which W must hold it.</param>
    /// <param name="standIns">Who may stand in for them.</param>
    /// <param name="rules">What it needs.</param>
    /// <param name="newEpoch">Random, for rows that issue their first dot.</param>
    /// <param name="token">Ends the operation.</param>
    public QuorumWrite(
        WriteIntent intent, IReadOnlyList<RowLane> lanes, IReadOnlyList<IReadOnlyList<Node>> quorums, StandIns standIns, WriteRules rules,
        Func<ulong> newEpoch, CancellationToken token)
    {
        (_intent, _lanes, _standIns, _rules, _newEpoch, _token) = (intent, lanes, standIns, rules, newEpoch, token);
        _tally = new WriteTally([.. lanes.Select(lane => lane.Node)], quorums, rules.Needed, rules.Sloppy);
        _moves = quorums.Count > 1;
        _prepared = new Lazy<Task<bool>>[lanes.Count];
        _firstEpoch = newEpoch();
        _first = VersionSet.Empty.Write(intent.At(new Dot(new Actor(lanes[0].Node.Incarnation, _firstEpoch), 1)), intent.Seen);
    }

    /// <summary>Ends when every owner holds the write or has failed; true when all hold it.</summary>
    public Task<bool> Everywhere { get; private set; } = Task.FromResult(false);

    // An owner has said what every owner would.
    private bool IsRefused => _tooMany > 0 || _strict;

    /// <summary>Whether an owner already had the row; null while none has told.</summary>
    public bool? Existed { get; private set; }

    /// <summary>What the owners receive; null before the dot was issued.</summary>
    public VersionSet? Decided => _decided.Task.IsCompletedSuccessfully ? _decided.Task.Result : null;

    /// <summary>Nothing is issued any more: the owners receive what was written under another view.</summary>
    public void Repeat(VersionSet decided) => _decided.TrySetResult(decided);

    public async Task<WriteResult> RunAsync(WriteOpening opening, Deadline deadline)
    {
        for (var i = 0; i < _lanes.Count; i++)
        {
            var lane = _lanes[i];
            _prepared[i] = new Lazy<Task<bool>>(() => TryAsync(PrepareAsync(lane, opening)));
        }

        // Owners beyond W wait until W hold the write or one has failed: nobody waits for them, and they would only slow the others.
        var eager = opening == WriteOpening.Read && !_moves ? _rules.Needed : _lanes.Count;
        Everywhere = EndAsync([.. _lanes.Select((lane, i) => HoldAsync(lane, i, i < eager))], LeadAsync());
        await Task.WhenAny(_tally.Enough, Task.Delay(deadline.Remaining, _rules.Clock, CancellationToken.None));

        var (answers, fewest) = _tally.Counted;
        if (fewest >= _rules.Needed && !deadline.HasPassed)
            return new WriteResult.Written(Known(), answers);
        return _uncertain || answers.Length > 0 ? new WriteResult.NoQuorum(fewest, _rules.Needed)
            : _strict ? new WriteResult.StrictKey()
            : _tooMany > 0 ? new WriteResult.TooManySiblings(_tooMany)
            : new WriteResult.NoQuorum(0, _rules.Needed);
    }

    private async Task<bool> PrepareAsync(RowLane lane, WriteOpening opening)
    {
        if (opening == WriteOpening.Remembered)
            return true;
        if (opening == WriteOpening.Insert)
        {
            var own = lane == _lanes[0] ? _firstEpoch : 0;
            Interlocked.Increment(ref _insertsOpen);
            var outcome = await lane.InsertAsync(new ReplicaRow(own, _first), _token);
            if (outcome is RowCommit.Refused or RowCommit.Unavailable)
                Interlocked.Decrement(ref _insertsOpen);
            _uncertain |= outcome is RowCommit.Uncertain;
            switch (outcome)
            {
                case RowCommit.Done:
                    Existed ??= false;
                    _decided.TrySetResult(_first);
                    return true;
                case RowCommit.Unavailable:
                    return false;
            }
        }

        if (!await lane.ReadAsync(_token))
            return false;
        Existed ??= lane.ETag is not null;
        if (lane.Row!.Set.Contains(_intent.Nonce))
            _decided.TrySetResult(lane.Row.Set);
        return true;
    }

    // The nearest owner that answers issues the dot. In the first round an owner that is slow is passed over after a hedge.
    private async Task<bool> LeadAsync()
    {
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < _lanes.Count && !_decided.Task.IsCompleted && !IsRefused; i++)
            {
                if (_lanes[i].Node.Votes && await ReadyAsync(_prepared[i].Value, round == 0 ? _rules.Hedge : Timeout.InfiniteTimeSpan))
                {
                    if (await MintAsync(_lanes[i]))
                        _decided.TrySetResult(_lanes[i].Row!.Set);
                }
            }
        }

        if (_rules.Sloppy && !_decided.Task.IsCompleted && !IsRefused)
            await LeadFromStandInAsync();
        _decided.TrySetResult(null);
        return true;
    }

    // No owner answers: a node that stands in for one issues the dot. Its hint has an epoch of its own, as every row that issues dots.
    private async Task LeadFromStandInAsync()
    {
        await _standIns.TakeAsync(_lanes[0].Node, _tally.Regions, async lane =>
        {
            if (!await MintAsync(lane))
                return false;

            // Before the decision is known: nobody else need keep a hint for this owner.
            _tally.Acknowledge(0, ReplicaAnswer.Of(lane));
            _decided.TrySetResult(lane.Row!.Set);
            return true;
        }, _token);
    }

    private async Task<bool> ReadyAsync(Task<bool> prepared, TimeSpan patience)
    {
        if (!prepared.IsCompleted)
            await Task.WhenAny(prepared, _decided.Task, Task.Delay(patience, _rules.Clock, CancellationToken.None));
        if (!prepared.IsCompleted)
            _more.TrySetResult();
        return prepared.IsCompletedSuccessfully && prepared.Result;
    }

    private async Task<bool> MintAsync(RowLane lane)
    {
        // An insert that may still land somewhere has named the write already. A second dot would lie here alone, and the client's token might name it when this row is lost.
        _firstMayLand |= Volatile.Read(ref _insertsOpen) > 0;
        var minted = await TryAsync(lane.MintAsync(_intent, _firstMayLand ? _first.Versions[0].Dot : null, _rules.MaxSiblings, _newEpoch, _token));
        _uncertain |= !minted && lane.TooMany == 0 && !lane.RefusesAsStrict;
        (_tooMany, _strict) = (lane.TooMany, lane.RefusesAsStrict);
        return minted;
    }

    private async Task<bool> HoldAsync(RowLane lane, int place, bool eager)
    {
        if (!eager)
            await Task.WhenAny(_more.Task, _tally.Enough, LateAsync());
        if (await HeldAsync(lane, place, 0, 1))
            return true;

        // Somebody keeps a hint for it, whether or not trying again helps meanwhile.
        _tally.Failed(place);
        var hinted = HintAsync(lane, place);
        var held = await HeldAsync(lane, place, 1, Retry.MostTries);
        await TryAsync(hinted);
        return held;
    }

    private async Task<bool> HeldAsync(RowLane lane, int place, int from, int to)
    {
        for (var tries = from; tries < to && !_token.IsCancellationRequested; tries++)
        {
            // Tried again only while the write still needs it: the next write of the key waits for this one.
            if (tries > 0 && _tally.Enough.IsCompleted)
                break;
            if (tries > 0)
                await Retry.PauseAsync(tries, _rules.Clock);
            var ready = await _prepared[place].Value || tries > 0;
            if (await _decided.Task is not { } set)
                break;
            if (ready && await TryAsync(lane.MergeAsync(set, _token)))
            {
                _tally.Acknowledge(place, ReplicaAnswer.Of(lane));
                return true;
            }

            _more.TrySetResult();
        }

        return false;
    }

    private async Task<bool> HintAsync(RowLane owner, int place)
    {
        if (await _decided.Task is not { } set || _tally.IsHeld(place))
            return false;
        var lane = await _standIns.TakeAsync(owner.Node, _tally.Regions, hint =>
        {
            hint.AssumeMissing();
            return TryAsync(hint.MergeAsync(set, _token));
        }, _token);
        if (lane is not null)
            _tally.Acknowledge(place, ReplicaAnswer.Of(lane));
        return lane is not null;
    }

    // Owners that were asked had the time they usually need after the decision, and are not enough yet.
    private async Task LateAsync()
    {
        await _decided.Task;
        await Task.Delay(_rules.Hedge, _rules.Clock, CancellationToken.None);
    }

    private async Task<bool> EndAsync(IReadOnlyList<Task<bool>> holds, Task leading)
    {
        // Whatever went wrong in leading, nobody waits for a decision that will not come.
        await leading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _decided.TrySetResult(null);
        var held = await Task.WhenAll(holds.Select(TryAsync));
        _tally.End();
        return Array.TrueForAll(held, h => h);
    }

    // Of this write the client knows the dots that all who acknowledged it know: of what one node alone knows no replica could ever tell once that node is lost. Of other
    // writes it knows only what it had seen.
    private CausalContext Known()
    {
        var dots = Decided!.Versions.Where(version => version.Nonce == _intent.Nonce).Select(version => version.Dot);
        var known = CausalContext.Of(_intent.Seen.Vector, _intent.Seen.Beyond.Concat(dots));
        return Decided.Context.Covers(_first.Versions[0].Dot) ? known.With(_first.Versions[0].Dot) : known;
    }

    private static async Task<bool> TryAsync(Task<bool> step)
    {
        try
        {
            return await step;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // One owner's failure, of whatever kind, is one owner that does not answer.
            return false;
        }
    }
}
