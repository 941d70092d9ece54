namespace Serverless.Replication;

/// <summary>
/// One read of a key: asks R owners, the next one when a node fails or is slower than it usually is (a hedged request, Dean and
/// Barroso 2013), and merges the answers. When they differ the rest is asked too, in the background, and the stale are repaired.
/// In a sloppy quorum, nodes that stand in for owners are asked for their hints when too few owners answer.
/// </summary>
/// <param name="owners">One per owner, the nearest in front.</param>
/// <param name="quorums">The sets of owners of each of which R must answer: two while the key moves.</param>
/// <param name="standIns">For the owners that did not answer: per node that may stand in, one lane for each of them.</param>
/// <param name="needed">R.</param>
/// <param name="clock">Measures hedges.</param>
/// <param name="token">Ends the operation.</param>
internal sealed class QuorumRead(
    IReadOnlyList<RowLane> owners, IReadOnlyList<IReadOnlyList<Node>> quorums, Func<IReadOnlyList<Node>, IEnumerable<IReadOnlyList<RowLane>>> standIns, int needed,
    TimeProvider clock, CancellationToken token)
{
    private readonly List<RowLane> _answered = [];
    private readonly List<(RowLane Lane, Task<RowLane?> Task)> _pending = [];
    private readonly Dictionary<string, IReadOnlyList<RowLane>> _stoodIn = new(StringComparer.Ordinal);
    private List<RowLane> _unasked = [];

    /// <summary>No node stands in for another: owners only.</summary>
    public static IEnumerable<IReadOnlyList<RowLane>> OwnersOnly(IReadOnlyList<Node> missing) => [];

    /// <summary>Who answered, owners first, in the order they did.</summary>
    public IEnumerable<ReplicaAnswer> Answers => _answered.Concat(_stoodIn.Values.Select(lanes => lanes[0])).Select(ReplicaAnswer.Of);

    /// <summary>How many answered of the set of owners that has fewest, with those that stood in.</summary>
    public int Fewest => quorums.Min(quorum => AnsweredOf(quorum)) + _stoodIn.Count;

    /// <summary>All that answered knows.</summary>
    public VersionSet Merged => _answered.Concat(_stoodIn.Values.SelectMany(lanes => lanes))
        .Aggregate(VersionSet.Empty, (merged, lane) => merged.Merge(lane.Row!.Set));

    /// <summary>The highest ballot that an owner which answered has accepted; null when none accepted anything.</summary>
    public RegisterState? Register => _answered.Aggregate(default(RegisterState), (latest, lane) => RegisterState.Later(latest, lane.Row!.Register));

    /// <summary>Whether all owners that answered accepted the same ballot last.</summary>
    public bool RegistersAgree => _answered.Select(lane => lane.Row!.Register?.Accepted ?? Ballot.None).Distinct().Count() <= 1;

    /// <summary>The merged answer; null when fewer than R nodes answered.</summary>
    public async Task<VersionSet?> RunAsync()
    {
        for (var round = 0; round < Retry.MostTries && !token.IsCancellationRequested; round++)
        {
            if (round > 0)
                await Retry.PauseAsync(round, clock);
            _unasked = [.. owners.Except(_answered)];
            await AskEveryAsync();
            await AskStandInsAsync(needed);
            if (Fewest >= needed)
                break;
        }

        return Fewest < needed ? null : Merged;
    }

    /// <summary>Asks everybody who was not asked yet and may know more; answers all that is known then.</summary>
    public async Task<VersionSet> AskAllAsync()
    {
        await AskRestAsync();
        await AskStandInsAsync(int.MaxValue);
        return Merged;
    }

    /// <summary>Whether an owner that answered lacks something of <paramref name="merged"/>.</summary>
    public bool IsStale(VersionSet merged) => _answered.Exists(lane => !lane.Row!.Set.SameAs(merged));

    /// <summary>Asks the owners not asked yet, merges everything and writes it where it is missing.</summary>
    public async Task RepairAsync(VersionSet merged)
    {
        await AskRestAsync();
        merged = merged.Merge(Merged);
        await Task.WhenAll(_answered.Select(lane => lane.MergeAsync(merged, token)));
    }

    private int AnsweredOf(IReadOnlyList<Node> quorum) => _answered.Count(lane => quorum.Contains(lane.Node));

    // Until enough have answered, or everyone not heard yet was asked once.
    private async Task AskEveryAsync()
    {
        AskAsManyAsNeeded();
        while (quorums.Any(quorum => AnsweredOf(quorum) < needed) && _pending.Count > 0)
        {
            if (!await AnyWithinHedgeAsync())
            {
                Ask(Helpful()!);
                continue;
            }

            await Task.WhenAny(_pending.Select(p => p.Task));
            var ended = _pending.Find(p => p.Task.IsCompleted);
            _pending.Remove(ended);
            if (await ended.Task is { } lane)
                _answered.Add(lane);
            AskAsManyAsNeeded();
        }
    }

    private async Task AskRestAsync()
    {
        while (_unasked.Count > 0)
            Ask(_unasked[0]);
        foreach (var late in await Task.WhenAll(_pending.Select(p => p.Task)))
        {
            if (late is not null)
                _answered.Add(late);
        }

        _pending.Clear();
    }

    // A node stands in when it tells all the hints that it keeps for the owners that did not answer; none is an answer too.
    private async Task AskStandInsAsync(int enough)
    {
        if (Fewest >= enough)
            return;
        var missing = owners.Except(_answered).Select(lane => lane.Node).ToList();
        foreach (var lanes in standIns(missing).Where(lanes => lanes.Count > 0 && !_stoodIn.ContainsKey(lanes[0].Node.Id)))
        {
            if (Fewest >= enough)
                return;
            var read = await Task.WhenAll(lanes.Select(lane => lane.ReadAsync(token)));
            if (Array.TrueForAll(read, r => r))
                _stoodIn[lanes[0].Node.Id] = lanes;
        }
    }

    // The nearest owners, until those asked are enough if all of them answer.
    private void AskAsManyAsNeeded()
    {
        foreach (var quorum in quorums)
        {
            while (AnsweredOf(quorum) + _pending.Count(p => quorum.Contains(p.Lane.Node)) < needed && _unasked.Find(lane => quorum.Contains(lane.Node)) is { } next)
                Ask(next);
        }
    }

    // The nearest owner not asked yet whose answer would count.
    private RowLane? Helpful() => _unasked.Find(lane => quorums.Any(quorum => AnsweredOf(quorum) < needed && quorum.Contains(lane.Node)));

    private void Ask(RowLane lane)
    {
        _unasked.Remove(lane);
        _pending.Add((lane, AskAsync(lane)));
    }

    private async Task<RowLane?> AskAsync(RowLane lane) => await lane.ReadAsync(token) ? lane : null;

    // False when it is time to ask one more: all asked so far are slower than 19 of 20 of their calls, with room for noise.
    private async Task<bool> AnyWithinHedgeAsync()
    {
        if (Helpful() is null || _pending.Exists(p => p.Task.IsCompleted))
            return true;

        var slowest = _pending.Max(p => p.Lane.Node.Health.P95);
        return await Task.WhenAny([.. _pending.Select(p => p.Task), Task.Delay(Hedge.After(slowest), clock, CancellationToken.None)]) is Task<RowLane?>;
    }
}
