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

    // Views that one operation goes through: one that changes so often is refused.
    private const int MostViews = 4;

    private readonly ClusterViews _views;
    private readonly ReplicationOptions _options;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly Func<ulong> _newEpoch;
    private readonly CommitLog _log;
    private readonly Ballots _ballots;
    private readonly HealthGossip? _gossip;
    private readonly RowMemory _memory;
    private readonly HintBook _hints;
    private readonly WriteChain _chain = new();
    private readonly ConcurrentDictionary<string, byte> _repairing = new(StringComparer.Ordinal);
    private int _existing;

    /// <param name="views">The cluster.</param>
    /// <param name="options">Quorums, limits and bounds.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="random">Nonces, and names of log rows.</param>
    /// <param name="newEpoch">64 random bits, never 0, for rows that issue their first dot; default: from <paramref name="random"/>.</param>
    /// <param name="gossip">Told of operations, so that this instance publishes what it sees of the nodes; null: it does not.</param>
    public ReplicatedStore(
        ClusterViews views, IOptions<ReplicationOptions> options, TimeProvider clock, Random random, Func<ulong>? newEpoch = null, HealthGossip? gossip = null)
    {
        (_views, _options, _clock, _random, _gossip) = (views, options.Value, clock, random, gossip);
        _newEpoch = newEpoch ?? (() => SecureRandom.Next64(random));
        _log = new CommitLog(clock, random);
        _ballots = new Ballots(clock, random);
        _memory = new RowMemory(_options.RememberedKeys);
        _hints = new HintBook(_options.MaxHints, clock);
    }

    /// <summary>128 random bits that name one request across its retries.</summary>
    public UInt128 NewNonce() => new(SecureRandom.Next64(_random), SecureRandom.Next64(_random));

    /// <param name="key">The key.</param>
    /// <param name="rules">How many replicas must answer, and which count.</param>
    /// <param name="cancellationToken">The client's; a read that nobody waits for is stopped.</param>
    public async Task<ReadResult> ReadAsync(ReplicaKey key, QuorumRules rules, CancellationToken cancellationToken)
    {
        var quorum = rules.Needed ?? _options.ReadQuorum;
        var deadline = NewDeadline();
        using var timer = new CancellationTokenSource(deadline.Remaining, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        for (var tries = 0; tries < MostViews && await ViewAsync(either.Token) is { } view; tries++)
        {
            // What an older view reads may lack what was acknowledged since.
            var result = await ReadNowAsync(view, key, quorum, rules, deadline, either.Token);
            if (result is ReadResult.NoQuorum || (await _views.IsCurrentAsync(view, either.Token) && !deadline.HasPassed))
                return result;
        }

        return new ReadResult.NoQuorum(0, quorum);
    }

    /// <summary>The version with its value; null when it was overwritten meanwhile or no node that has it answers.</summary>
    public async Task<Version?> FetchAsync(ReplicaKey key, Version version, CancellationToken cancellationToken)
    {
        if (!version.IsUnfetched)
            return version;
        if (await _views.GetAsync(cancellationToken) is not { } view)
            return null;
        var partition = view.Partition(key);
        var fetched = await new ValueRows([.. Nearest(view, key).Select(node => RowSite.Of(node, partition))]).FetchAsync(key, version, cancellationToken);

        // While all owners are well nobody else has it: it was overwritten.
        return fetched is not null || view.Owners(key).All(owner => owner.Votes && !owner.Health.IsDown)
            ? fetched
            : await new ValueRows([.. view.Fallbacks(key).SelectMany(node => view.Owners(key).Select(owner => RowSite.Hint(node, owner.Id, partition)))])
                .FetchAsync(key, version, cancellationToken);
    }

    /// <param name="key">The key.</param>
    /// <param name="intent">What is to be written; its nonce makes a repetition harmless.</param>
    /// <param name="rules">How many replicas must hold it, and which count.</param>
    /// <param name="cancellationToken">Ends only the wait for earlier writes of the key; a write that began goes on.</param>
    public async Task<WriteResult> WriteAsync(ReplicaKey key, WriteIntent intent, QuorumRules rules, CancellationToken cancellationToken)
    {
        var asked = rules with { Needed = rules.Needed ?? _options.WriteQuorum };
        var deadline = NewDeadline();
        using var waiting = new CancellationTokenSource(deadline.Remaining, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(waiting.Token, cancellationToken);
        try
        {
            return await _chain.RunAsync(key.Row, () => WriteInTurnAsync(key, intent, asked, deadline), either.Token);
        }
        catch (OperationCanceledException) when (waiting.IsCancellationRequested)
        {
            return new WriteResult.NoQuorum(0, asked.Needed.Value);
        }
    }

    /// <summary>Asks every owner of the key; null when the cluster cannot be told.</summary>
    public async Task<KeyPlacement?> LocateAsync(ReplicaKey key, CancellationToken cancellationToken)
    {
        if (await _views.GetAsync(cancellationToken) is not { } view)
            return null;

        var lanes = RowLane.OfOwners(view, key, view.Owners(key), _log);
        return new KeyPlacement(key.Text, view.Partition(key), view.Epoch, await Task.WhenAll(lanes.Select(async lane =>
        {
            var answered = await lane.ReadAsync(cancellationToken);
            return new KeyOwner(
                lane.Node.Id, lane.Node.Region, lane.Node.Votes, answered, answered ? lane.Row!.Set.Versions.Length : null,
                answered && lane.Row!.Hash() is var hash && hash != UInt128.Zero ? hash.ToString("x32", CultureInfo.InvariantCulture) : null);
        })));
    }

    public void Dispose() => _memory.Dispose();

    private Deadline NewDeadline() => Deadline.In(TimeSpan.FromMilliseconds(_options.OperationMilliseconds), _clock);

    private async Task<ReadResult> ReadNowAsync(
        ClusterView view, ReplicaKey key, int quorum, QuorumRules rules, Deadline deadline, CancellationToken cancellationToken)
    {
        _gossip?.Touch(view);
        var lanes = Lanes(view, key).Where(lane => lane.Node.Votes).ToList();
        var read = new QuorumRead(lanes, view.Quorums(key), rules.Sloppy ? StandInsOf(view, key) : QuorumRead.OwnersOnly, quorum, _clock, cancellationToken);
        if (await read.RunAsync() is not { } set || deadline.HasPassed)
            return new ReadResult.NoQuorum(read.Fewest, quorum);
        if (rules.AtLeast is { } known && !set.Context.Includes(known))
        {
            // Some replica must have it: the caller had it from one.
            set = await read.AskAllAsync();
            if (!set.Context.Includes(known) || deadline.HasPassed)
                return new ReadResult.Behind(read.Answers.Count());
        }

        var stale = read.IsStale(set);
        if (stale || !read.RegistersAgree)
            RepairInBackground(key, set);
        ProbeInBackground(lanes);
        return new ReadResult.Read(set, [.. read.Answers], stale || !read.RegistersAgree) { Register = read.Register, RegistersAgree = read.RegistersAgree };
    }

    // Acknowledged only under a view that is still in force: else what was written is written again, as it is, where the next view wants it.
    private async Task<(WriteResult Result, Task InFlight)> WriteInTurnAsync(ReplicaKey key, WriteIntent intent, QuorumRules asked, Deadline deadline)
    {
        using var timer = new CancellationTokenSource(deadline.Remaining, _clock);
        WriteResult none = new WriteResult.NoQuorum(0, asked.Needed!.Value);
        var inFlight = Task.CompletedTask;
        (VersionSet Set, CausalContext Known)? written = null;
        for (var tries = 0; tries < MostViews && !deadline.HasPassed && await _views.CurrentAsync(timer.Token) is { } view; tries++)
        {
            _gossip?.Touch(view);
            var (result, write, ended) = await WriteNowAsync(view, key, intent, written?.Set, asked, deadline);
            inFlight = Task.WhenAll(inFlight, ended);
            if (result is not WriteResult.Written(var known, var answers))
                return (result, inFlight);
            written ??= (write.Decided!, known);
            if (await _views.IsCurrentAsync(view, timer.Token))
                return (deadline.HasPassed ? none : new WriteResult.Written(written.Value.Known, answers), inFlight);
        }

        return (none, inFlight);
    }

    private async Task<(WriteResult Result, QuorumWrite Write, Task InFlight)> WriteNowAsync(
        ClusterView view, ReplicaKey key, WriteIntent intent, VersionSet? decided, QuorumRules asked, Deadline deadline)
    {
        var timer = new CancellationTokenSource(deadline.Remaining, _clock);
        var lanes = Lanes(view, key);
        var hedge = Hedge.After(lanes[0].Node.Health.P95);
        var rules = new WriteRules(asked.Needed!.Value, asked.Sloppy, _options.MaxSiblings, hedge, _clock);
        var write = new QuorumWrite(intent, lanes, view.Quorums(key), new StandIns(view, key, _hints, _log), rules, _newEpoch, timer.Token);
        var opening = decided is not null ? WriteOpening.Read
            : _memory.TryRecall(key, view.Epoch, lanes) ? WriteOpening.Remembered
            : intent.Seen.IsEmpty && Volatile.Read(ref _existing) < 2 ? WriteOpening.Insert
            : WriteOpening.Read;
        if (decided is not null)
            write.Repeat(decided);
        var result = await write.RunAsync(opening, deadline);
        return (result, write, FinishAsync());

        async Task FinishAsync()
        {
            try
            {
                var everywhere = await write.Everywhere;
                if (decided is null && opening != WriteOpening.Remembered && intent.Seen.IsEmpty && write.Existed is { } existed)
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
                if (await _views.CurrentAsync(timer.Token) is not { } view)
                    return (false, Task.CompletedTask);
                var read = new QuorumRead(Lanes(view, key), [view.Owners(key)], QuorumRead.OwnersOnly, needed: 1, _clock, timer.Token);
                if (await read.RunAsync() is { } now)
                    await read.RepairAsync(now.Merge(set));
                if (!read.RegistersAgree)
                    await RegisterRepair.RunAsync(view, key, _log, _ballots, timer.Token);
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

    private List<RowLane> Lanes(ClusterView view, ReplicaKey key) => RowLane.OfOwners(view, key, Nearest(view, key), _log);

    // Hints may wait for owners that are being refilled as well.
    private Func<IReadOnlyList<Node>, IEnumerable<IReadOnlyList<RowLane>>> StandInsOf(ClusterView view, ReplicaKey key) =>
        missing => StandIns.ToRead(view, key, _views.Region, [.. missing.Concat(view.Owners(key).Where(node => !node.Votes))], _log);

    private Node[] Nearest(ClusterView view, ReplicaKey key) => ClusterView.Nearest(view.Owners(key), _views.Region);
}
