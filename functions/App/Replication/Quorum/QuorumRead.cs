namespace Serverless.Replication;

/// <summary>
/// One read of a key: asks R owners, the next one when a node fails or is slower than it usually is (a hedged request, Dean and
/// Barroso 2013), and merges the answers. When they differ the rest is asked too, in the background, and the stale are repaired.
/// In a sloppy quorum, nodes that stand in for owners are asked for their hints when too few owners answer.
/// </summary>
/// <param name="owners">One per owner, the nearest in front.</param>
/// <param name="standIns">For the owners that did not answer: per node that may stand in, one lane for each of them.</param>
/// <param name="needed">R.</param>
/// <param name="clock">Measures hedges.</param>
/// <param name="token">Ends the operation.</param>
internal sealed class QuorumRead(
    IReadOnlyList<RowLane> owners, Func<IReadOnlyList<Node>, IEnumerable<IReadOnlyList<RowLane>>> standIns, int needed, TimeProvider clock, CancellationToken token)
{
    private readonly List<RowLane> _answered = [];
    private readonly List<Task<RowLane?>> _pending = [];
    private readonly Dictionary<string, IReadOnlyList<RowLane>> _stoodIn = new(StringComparer.Ordinal);
    private IReadOnlyList<RowLane> _order = [];
    private int _asked;

    /// <summary>No node stands in for another: owners only.</summary>
    public static IEnumerable<IReadOnlyList<RowLane>> OwnersOnly(IReadOnlyList<Node> missing) => [];

    /// <summary>Who answered, owners first, in the order they did.</summary>
    public IEnumerable<ReplicaAnswer> Answers => _answered.Concat(_stoodIn.Values.Select(lanes => lanes[0])).Select(ReplicaAnswer.Of);

    /// <summary>All that answered knows.</summary>
    public VersionSet Merged => _answered.Concat(_stoodIn.Values.SelectMany(lanes => lanes))
        .Aggregate(VersionSet.Empty, (merged, lane) => merged.Merge(lane.Row!.Set));

    /// <summary>The highest ballot that an owner which answered has accepted; null when none accepted anything.</summary>
    public RegisterState? Register => _answered.Aggregate(default(RegisterState), (latest, lane) => RegisterState.Later(latest, lane.Row!.Register));

    /// <summary>Whether all owners that answered accepted the same ballot last.</summary>
    public bool RegistersAgree => _answered.Select(lane => lane.Row!.Register?.Accepted ?? Ballot.None).Distinct().Count() <= 1;

    private int Answered => _answered.Count + _stoodIn.Count;

    /// <summary>The merged answer; null when fewer than R nodes answered.</summary>
    public async Task<VersionSet?> RunAsync()
    {
        for (var round = 0; round < Retry.MostTries && !token.IsCancellationRequested; round++)
        {
            if (round > 0)
                await Retry.PauseAsync(round, clock);
            _order = round == 0 ? owners : [.. owners.Except(_answered)];
            _asked = 0;
            await AskEveryAsync();
            await AskStandInsAsync(needed);
            if (Answered >= needed)
                break;
        }

        return Answered < needed ? null : Merged;
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

    // Until enough have answered, or everyone not heard yet was asked once.
    private async Task AskEveryAsync()
    {
        while (_asked + _answered.Count < needed && _asked < _order.Count)
            AskNext();

        while (_answered.Count < needed && _pending.Count > 0)
        {
            if (!await AnyWithinHedgeAsync())
            {
                AskNext();
                continue;
            }

            var ended = await Task.WhenAny(_pending);
            _pending.Remove(ended);
            if (await ended is { } lane)
                _answered.Add(lane);
            else if (_asked < _order.Count)
                AskNext();
        }
    }

    private async Task AskRestAsync()
    {
        while (_asked < _order.Count)
            AskNext();
        foreach (var late in await Task.WhenAll(_pending))
        {
            if (late is not null)
                _answered.Add(late);
        }

        _pending.Clear();
    }

    // A node stands in when it tells all the hints that it keeps for the owners that did not answer; none is an answer too.
    private async Task AskStandInsAsync(int enough)
    {
        if (Answered >= enough)
            return;
        var missing = owners.Except(_answered).Select(lane => lane.Node).ToList();
        foreach (var lanes in standIns(missing).Where(lanes => lanes.Count > 0 && !_stoodIn.ContainsKey(lanes[0].Node.Id)))
        {
            if (Answered >= enough)
                return;
            var read = await Task.WhenAll(lanes.Select(lane => lane.ReadAsync(token)));
            if (Array.TrueForAll(read, r => r))
                _stoodIn[lanes[0].Node.Id] = lanes;
        }
    }

    private void AskNext() => _pending.Add(AskAsync(_order[_asked++]));

    private async Task<RowLane?> AskAsync(RowLane lane) => await lane.ReadAsync(token) ? lane : null;

    // False when it is time to ask one more: all asked so far are slower than 19 of 20 of their calls, with room for noise.
    private async Task<bool> AnyWithinHedgeAsync()
    {
        if (_asked >= _order.Count || _pending.Exists(p => p.IsCompleted))
            return true;

        var slowest = _order.Take(_asked).Max(lane => lane.Node.Health.P95);
        return await Task.WhenAny([.. _pending, Task.Delay(Hedge.After(slowest), clock, CancellationToken.None)]) is Task<RowLane?>;
    }
}
