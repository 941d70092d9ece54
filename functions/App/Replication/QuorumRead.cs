namespace Serverless.Replication;

/// <summary>
/// One read of a key: asks R owners, the next one when a node fails or is slower than it usually is (a hedged request, Dean and
/// Barroso 2013), and merges the answers. When they differ the rest is asked too, in the background, and the stale are repaired.
/// </summary>
internal sealed class QuorumRead(IReadOnlyList<RowLane> owners, int needed, TimeProvider clock, CancellationToken token)
{
    private readonly List<RowLane> _answered = [];
    private readonly List<Task<RowLane?>> _pending = [];
    private IReadOnlyList<RowLane> _order = [];
    private int _asked;

    /// <summary>The owners that answered, in the order they did.</summary>
    public IReadOnlyList<RowLane> Answered => _answered;

    /// <summary>The merged answer; null when fewer than R owners answered.</summary>
    public async Task<VersionSet?> RunAsync()
    {
        for (var round = 0; round < Retry.MostTries && owners.Count >= needed && !token.IsCancellationRequested; round++)
        {
            if (round > 0)
                await Retry.PauseAsync(round, clock);
            _order = round == 0 ? owners : [.. owners.Except(_answered)];
            _asked = 0;
            await AskEveryAsync();
            if (_answered.Count >= needed)
                break;
        }

        return _answered.Count < needed
            ? null
            : _answered.Aggregate(VersionSet.Empty, (merged, lane) => merged.Merge(lane.Row!.Set));
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

    /// <summary>Whether an owner that answered lacks something of <paramref name="merged"/>.</summary>
    public bool IsStale(VersionSet merged) => _answered.Exists(lane => !lane.Row!.Set.SameAs(merged));

    /// <summary>Asks the owners not asked yet, merges everything and writes it where it is missing.</summary>
    public async Task RepairAsync(VersionSet merged)
    {
        while (_asked < _order.Count)
            AskNext();
        foreach (var late in await Task.WhenAll(_pending))
        {
            if (late is null)
                continue;
            _answered.Add(late);
            merged = merged.Merge(late.Row!.Set);
        }

        await Task.WhenAll(_answered.Select(lane => lane.MergeAsync(merged, token)));
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
