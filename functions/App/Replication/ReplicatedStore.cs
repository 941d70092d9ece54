using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace Serverless.Replication;

/// <summary>
/// Reads and writes keys on a quorum of the nodes that own them (Dynamo, DeCandia et al. 2007). What every room stores goes
/// through here. Thread-safe.
/// </summary>
public sealed class ReplicatedStore : IDisposable
{
    private const int MostRepairsAtOnce = 32;

    private readonly ClusterViews _views;
    private readonly ReplicationOptions _options;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly HealthGossip? _gossip;
    private readonly RowMemory _memory;
    private readonly WriteChain _chain = new();
    private readonly ConcurrentDictionary<string, byte> _repairing = new(StringComparer.Ordinal);
    private int _existing;

    public ReplicatedStore(ClusterViews views, IOptions<ReplicationOptions> options, TimeProvider clock, Random random, HealthGossip? gossip = null)
    {
        (_views, _options, _clock, _random, _gossip) = (views, options.Value, clock, random, gossip);
        _memory = new RowMemory(_options.RememberedKeys);
    }

    /// <summary>128 random bits that name one request across its retries.</summary>
    public UInt128 NewNonce() => new(SecureRandom.Next64(_random), SecureRandom.Next64(_random));

    /// <param name="key">The key.</param>
    /// <param name="needed">R: owners that must answer, 1 to N; null: the configured quorum.</param>
    /// <param name="cancellationToken">The client's; a read that nobody waits for is stopped.</param>
    public async Task<ReadResult> ReadAsync(ReplicaKey key, int? needed, CancellationToken cancellationToken)
    {
        var quorum = needed ?? _options.ReadQuorum;
        var deadline = NewDeadline();
        using var timer = new CancellationTokenSource(deadline.Remaining, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        if (await ViewAsync(either.Token) is not { } view)
            return new ReadResult.NoQuorum(0, quorum);

        _gossip?.Touch(view);
        var lanes = Lanes(view, key).Where(lane => lane.Node.Votes).ToList();
        var read = new QuorumRead(lanes, quorum, _clock, either.Token);
        if (await read.RunAsync() is not { } set || deadline.HasPassed)
            return new ReadResult.NoQuorum(read.Answered.Count, quorum);

        string[] nodes = [.. read.Answered.Select(lane => lane.Node.Id)];
        var stale = read.IsStale(set);
        if (stale)
            RepairInBackground(key, set);
        ProbeInBackground(lanes);
        return new ReadResult.Read(set, nodes, stale);
    }

    /// <summary>The version with its value; null when it was overwritten meanwhile or no node that has it answers.</summary>
    public async Task<Version?> FetchAsync(ReplicaKey key, Version version, CancellationToken cancellationToken) =>
        !version.IsUnfetched ? version
        : await _views.GetAsync(cancellationToken) is { } view
            ? await new ValueRows(Nearest(view, key)).FetchAsync(key, view.Partition(key), version, cancellationToken)
            : null;

    /// <param name="key">The key.</param>
    /// <param name="intent">What is to be written; its nonce makes a repetition harmless.</param>
    /// <param name="needed">W: owners that must hold it, 1 to N; null: the configured quorum.</param>
    /// <param name="cancellationToken">Ends only the wait for earlier writes of the key; a write that began goes on.</param>
    public async Task<WriteResult> WriteAsync(ReplicaKey key, WriteIntent intent, int? needed, CancellationToken cancellationToken)
    {
        var quorum = needed ?? _options.WriteQuorum;
        var deadline = NewDeadline();
        using var waiting = new CancellationTokenSource(deadline.Remaining, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(waiting.Token, cancellationToken);
        if (await ViewAsync(either.Token) is not { } view)
            return new WriteResult.NoQuorum(0, quorum);

        _gossip?.Touch(view);
        try
        {
            return await _chain.RunAsync(key.Row, () => WriteNowAsync(view, key, intent, quorum, deadline), either.Token);
        }
        catch (OperationCanceledException) when (waiting.IsCancellationRequested)
        {
            return new WriteResult.NoQuorum(0, quorum);
        }
    }

    /// <summary>Asks every owner of the key; null when the cluster cannot be told.</summary>
    public async Task<KeyPlacement?> LocateAsync(ReplicaKey key, CancellationToken cancellationToken)
    {
        if (await _views.GetAsync(cancellationToken) is not { } view)
            return null;

        var owners = view.Owners(key);
        var values = new ValueRows(owners);
        return new KeyPlacement(key.Text, view.Partition(key), view.Epoch, await Task.WhenAll(owners.Select(async node =>
        {
            var lane = new RowLane(node, key, view.Partition(key), values);
            var answered = await lane.ReadAsync(cancellationToken);
            return new KeyOwner(
                node.Id, node.Region, node.Votes, answered, answered ? lane.Row!.Set.Versions.Length : null,
                answered && !lane.Row!.Set.IsEmpty ? lane.Row.Set.Fingerprint().ToString("x32", CultureInfo.InvariantCulture) : null);
        })));
    }

    public void Dispose() => _memory.Dispose();

    private Deadline NewDeadline() => Deadline.In(TimeSpan.FromMilliseconds(_options.OperationMilliseconds), _clock);

    private async Task<(WriteResult Result, Task InFlight)> WriteNowAsync(
        ClusterView view, ReplicaKey key, WriteIntent intent, int quorum, Deadline deadline)
    {
        if (deadline.HasPassed)
            return (new WriteResult.NoQuorum(0, quorum), Task.CompletedTask);

        var timer = new CancellationTokenSource(deadline.Remaining, _clock);
        var lanes = Lanes(view, key);
        var hedge = Hedge.After(lanes[0].Node.Health.P95);
        var rules = new WriteRules(quorum, _options.MaxSiblings, hedge, _clock);
        var write = new QuorumWrite(intent, lanes, rules, () => SecureRandom.Next64(_random), timer.Token);
        var opening = _memory.TryRecall(key, view.Epoch, lanes) ? WriteOpening.Remembered
            : intent.Seen.IsEmpty && Volatile.Read(ref _existing) < 2 ? WriteOpening.Insert
            : WriteOpening.Read;
        var result = await write.RunAsync(opening, deadline);
        return (result, FinishAsync());

        async Task FinishAsync()
        {
            try
            {
                var everywhere = await write.Everywhere;
                if (opening != WriteOpening.Remembered && intent.Seen.IsEmpty && write.Existed is { } existed)
                    Volatile.Write(ref _existing, Math.Clamp(_existing + (existed ? 1 : -1), 0, 3));
                if (everywhere)
                    _memory.Keep(key, view.Epoch, lanes);
                else
                    _memory.Forget(key);
            }
            finally
            {
                timer.Dispose();
            }
        }
    }

    // One repair of a key at a time, in turn with its writes, and so many in all: what is left out the next reader finds again.
    private void RepairInBackground(ReplicaKey key, VersionSet set)
    {
        if (_repairing.Count < MostRepairsAtOnce && _repairing.TryAdd(key.Row, 0))
            _ = RepairAsync();

        async Task RepairAsync()
        {
            using var timer = new CancellationTokenSource(NewDeadline().Remaining, _clock);
            try
            {
                await _chain.RunAsync(key.Row, RepairNowAsync, timer.Token);
            }
            catch (OperationCanceledException)
            {
                // Out of time: found again by the next read.
            }
            finally
            {
                _repairing.TryRemove(key.Row, out _);
            }

            async Task<(bool Result, Task InFlight)> RepairNowAsync()
            {
                if (await ViewAsync(timer.Token) is not { } view)
                    return (false, Task.CompletedTask);
                var read = new QuorumRead(Lanes(view, key), needed: 1, _clock, timer.Token);
                if (await read.RunAsync() is { } now)
                    await read.RepairAsync(now.Merge(set));
                _memory.Forget(key);
                return (true, Task.CompletedTask);
            }
        }
    }

    // A node that is down is asked last, so an instance that only reads would never learn that it is back. Its breaker lets one call a second through.
    private static void ProbeInBackground(List<RowLane> lanes)
    {
        foreach (var lane in lanes.Where(l => l.Row is null && l.Node.Health.IsDown))
            _ = lane.ReadAsync(CancellationToken.None);
    }

    private async Task<ClusterView?> ViewAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _views.GetAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private List<RowLane> Lanes(ClusterView view, ReplicaKey key)
    {
        var nodes = Nearest(view, key);
        var values = new ValueRows(nodes);
        return [.. nodes.Select(node => new RowLane(node, key, view.Partition(key), values))];
    }

    private Node[] Nearest(ClusterView view, ReplicaKey key) => ClusterView.Nearest(view.Owners(key), _views.Region);
}
