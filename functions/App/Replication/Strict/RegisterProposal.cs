namespace Serverless.Replication;

/// <summary>
/// One operation of one proposer on one register. A ballot in two phases: a majority of the owners promises it and tells what it accepted last; what the change makes of the highest of
/// these is proposed, and in force once a majority has accepted it. Whoever accepts also promises the proposer's next ballot, so its next change needs one phase.
/// </summary>
internal sealed class RegisterProposal
{
    private readonly IReadOnlyList<RowLane> _lanes;
    private readonly Majorities _majorities;
    private readonly Ballots _ballots;
    private readonly RegisterAttempt _attempt;
    private readonly CancellationToken _token;
    private Ballot _highest;
    private int _losses;
    private int _failures;

    /// <param name="lanes">One per owner, the nearest in front.</param>
    /// <param name="majorities">Which of them are enough.</param>
    /// <param name="ballots">Draws ballots.</param>
    /// <param name="attempt">What was tried before under other members.</param>
    /// <param name="token">Ends the operation.</param>
    public RegisterProposal(IReadOnlyList<RowLane> lanes, Majorities majorities, Ballots ballots, RegisterAttempt attempt, CancellationToken token) =>
        (_lanes, _majorities, _ballots, _attempt, _token) = (lanes, majorities, ballots, attempt, token);

    /// <summary>The ballot that everybody who accepted has promised this proposer next.</summary>
    public Ballot Next { get; private set; }

    /// <summary>Ends when every owner has accepted or failed; true when all accepted.</summary>
    public Task<bool> Everywhere { get; private set; } = Task.FromResult(false);

    /// <param name="change">Of the content; null: leaves it, but makes sure that it is in force.</param>
    /// <param name="promised">A ballot that all lanes already promised and nobody used; none: one is drawn.</param>
    public async Task<RegisterResult> RunAsync(Func<RegisterContent, RegisterWrite?> change, Ballot promised)
    {
        IReadOnlyList<RowLane> heard = [];
        while (!_token.IsCancellationRequested && _failures < Retry.MostTries)
        {
            var ballot = promised;
            heard = _lanes;
            if (ballot == Ballot.None)
            {
                await BackOffAsync();
                ballot = _ballots.Above(_highest);
                heard = await PrepareAsync(ballot);
                if (!_majorities.Hold(heard))
                    continue;
            }

            if (await DecideAsync(ballot, heard, change, ballot == promised) is { } result)
                return result;
            promised = Ballot.None;
        }

        return new RegisterResult.NoQuorum(heard.Count, _majorities.Needed, _attempt.Sent);
    }

    /// <summary>Brings what is in force to every owner; false when one of them did not take it.</summary>
    public async Task<bool> SpreadAsync()
    {
        if (await RunAsync(_ => null, Ballot.None) is not RegisterResult.Held)
            return false;
        if (await Everywhere)
            return true;

        // One had promised a higher ballot, as it told by refusing.
        Learn(_highest);
        return await RunAsync(_ => null, Ballot.None) is RegisterResult.Held && await Everywhere;
    }

    // Null: try again.
    private async Task<RegisterResult?> DecideAsync(Ballot ballot, IReadOnlyList<RowLane> heard, Func<RegisterContent, RegisterWrite?> change, bool promised)
    {
        var last = heard.Aggregate(default(RegisterState), (latest, lane) => RegisterState.Later(latest, lane.Row!.Register));
        var content = new RegisterContent(last?.Value, heard.Aggregate(VersionSet.Empty, (all, lane) => all.Merge(lane.Row!.Set)));
        if (_attempt.IsIn(content.Value) is not { } included)
            return new RegisterResult.NoQuorum(0, _majorities.Needed, true);

        var write = included ? null : change(content);
        if (write is { Value.Length: > StrictRegisters.MaxValueBytes } tooLong)
            return new RegisterResult.TooLarge(tooLong.Value.Value.Length);
        if (write is null && content.Value is null)
        {
            // Nothing to propose again: what was sent may still be met by somebody.
            return _attempt.Sent
                ? new RegisterResult.NoQuorum(heard.Count, _majorities.Needed, true)
                : new RegisterResult.Held(content, [.. heard.Select(ReplicaAnswer.Of)]);
        }

        var next = write is { } made
            ? new RegisterContent(RegisterValue.After(content.Value, _attempt.Nonce, made, _ballots.Clock.GetUtcNow()), new VersionSet(content.Beside.Context, []))
            : content;
        if (write is not null)
            _attempt.Send(content.Value);
        if (await AcceptAsync(ballot, next, promised) is not { } accepted)
            return null;
        ReplicaAnswer[] answers = [.. accepted.Select(ReplicaAnswer.Of)];
        return included || write is not null ? new RegisterResult.Written(next, answers) : new RegisterResult.Held(next, answers);
    }

    private async Task<IReadOnlyList<RowLane>> PrepareAsync(Ballot ballot)
    {
        var promises = await Majorities.GatherAsync(_lanes.Select(lane => (lane, lane.PromiseAsync(ballot, _token))), _majorities.Hold);
        if (!_majorities.Hold(promises))
            Learn(ballot);
        return promises;
    }

    private async Task<IReadOnlyList<RowLane>?> AcceptAsync(Ballot ballot, RegisterContent content, bool promised)
    {
        var steps = _lanes.Select(lane => (lane, lane.AcceptAsync(ballot, content.Value!, content.Beside, promised, _token))).ToList();
        Next = Ballots.After(ballot);
        Everywhere = AllAsync(steps.ConvertAll(step => step.Item2));
        var accepted = await Majorities.GatherAsync(steps, _majorities.Hold);
        if (_majorities.Hold(accepted))
            return accepted;
        Learn(ballot);
        return null;
    }

    // Lost against a rival, or too few answered?
    private void Learn(Ballot ballot)
    {
        var promised = _lanes.Select(lane => lane.Row?.Register?.Promised ?? Ballot.None).Append(_highest).Max();
        var lost = promised > Ballots.After(ballot);
        _highest = promised > ballot ? promised : ballot;
        (_losses, _failures) = lost ? (_losses + 1, 0) : (_losses, _failures + 1);
    }

    private async Task BackOffAsync()
    {
        if (_losses > 0)
            await Task.Delay(_ballots.BackOff(_losses, _lanes[0].Node.Health.P95), _ballots.Clock, CancellationToken.None);
        else if (_failures > 0)
            await Retry.PauseAsync(_failures, _ballots.Clock);
    }

    private static async Task<bool> AllAsync(List<Task<bool>> steps) => Array.TrueForAll(await Task.WhenAll(steps), step => step);
}
