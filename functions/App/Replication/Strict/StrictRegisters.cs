using Microsoft.Extensions.Options;

namespace Serverless.Replication;

/// <summary>
/// Linearizable registers over the owners of a key: CASPaxos (Rystsov 2018, "CASPaxos: Replicated State Machines without logs"). Acceptors are the owners' rows, changed under
/// their ETags; nodes that stand in never are. Proposers keep no state that matters. A key may be written eventually until its first strict write; that write sees the eventual versions,
/// and from then on eventual writes are refused. Thread-safe.
/// </summary>
public sealed class StrictRegisters : IDisposable
{
    /// <summary>Bytes of the longest value: 128 KiB.</summary>
    public const int MaxValueBytes = 128 * 1024;

    // Memberships under which one operation is tried; they change seldom.
    private const int MostViews = 3;

    private readonly ClusterViews _views;
    private readonly ReplicationOptions _options;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly CommitLog _log;
    private readonly Ballots _ballots;
    private readonly RowMemory _memory;
    private readonly WriteChain _chain = new();
    private int _existing;

    /// <param name="views">The cluster.</param>
    /// <param name="options">Limits and bounds.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="random">Ballots, nonces and names of log rows.</param>
    public StrictRegisters(ClusterViews views, IOptions<ReplicationOptions> options, TimeProvider clock, Random random)
    {
        (_views, _options, _clock, _random) = (views, options.Value, clock, random);
        (_log, _ballots, _memory) = (new CommitLog(clock, random), new Ballots(clock, random), new RowMemory(_options.RememberedKeys));
    }

    /// <summary>What the register holds, linearizably: every change that ended before this began is in it.</summary>
    public async Task<RegisterResult> ReadAsync(ReplicaKey key, CancellationToken cancellationToken)
    {
        var deadline = NewDeadline();
        using var timer = new CancellationTokenSource(deadline.Remaining, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        for (var views = 0; views < MostViews && !deadline.HasPassed && await _views.CurrentAsync(either.Token) is { } view; views++)
        {
            // What members of the past agree on may lack what was accepted since.
            var result = await ReadNowAsync(view, key, cancellationToken, either.Token);
            if (result is RegisterResult.NoQuorum || (await _views.IsCurrentAsync(view, either.Token) && !deadline.HasPassed))
                return result;
        }

        return new RegisterResult.NoQuorum(0, 0, false);
    }

    /// <summary>Compare-and-swap: puts what <paramref name="change"/> makes of the content in its place.</summary>
    /// <param name="key">Names the register.</param>
    /// <param name="change">Pure: it may be asked several times, when others change the register at once. Null leaves it as it is.</param>
    /// <param name="cancellationToken">Ends only the wait for earlier changes through this instance; a change that began goes on.</param>
    /// <param name="exists">Whether the key probably exists already: a wrong guess costs one round trip, nothing else. Null: as it was lately.</param>
    public async Task<RegisterResult> ChangeAsync(
        ReplicaKey key, Func<RegisterContent, RegisterWrite?> change, CancellationToken cancellationToken, bool? exists = null)
    {
        var deadline = NewDeadline();
        using var waiting = new CancellationTokenSource(deadline.Remaining, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(waiting.Token, cancellationToken);
        try
        {
            return await _chain.RunAsync(key.Row, () => ChangeNowAsync(key, change, exists, deadline), either.Token);
        }
        catch (OperationCanceledException) when (waiting.IsCancellationRequested)
        {
            return new RegisterResult.NoQuorum(0, 0, false);
        }
    }

    public void Dispose() => _memory.Dispose();

    private async Task<RegisterResult> ReadNowAsync(ClusterView view, ReplicaKey key, CancellationToken client, CancellationToken operation)
    {
        // A majority that accepted the same ballot last: nothing later was in force when the read began.
        var majorities = new Majorities(view.Quorums(key));
        var lanes = Lanes(view, key);
        IReadOnlyList<RowLane> Agreeing(IReadOnlyList<RowLane> read) =>
            read.GroupBy(AcceptedBy).Select(same => same.ToList()).FirstOrDefault(same => majorities.Hold(same)) ?? [];
        var heard = await Majorities.GatherAsync(lanes.Select(lane => (lane, lane.ReadAsync(operation))), read => Agreeing(read).Count > 0);
        if (Agreeing(heard) is { Count: > 0 } agreeing)
        {
            var content = new RegisterContent(agreeing[0].Row!.Register?.Value, agreeing.Aggregate(VersionSet.Empty, (all, lane) => all.Merge(lane.Row!.Set)));
            return new RegisterResult.Held(content, [.. agreeing.Select(ReplicaAnswer.Of)]);
        }

        // One is ahead: what it accepted is brought in force first, or found not to be.
        return majorities.Hold(heard)
            ? await ChangeAsync(key, _ => null, client)
            : new RegisterResult.NoQuorum(heard.Count, majorities.Needed, false);
    }

    private async Task<(RegisterResult Result, Task InFlight)> ChangeNowAsync(
        ReplicaKey key, Func<RegisterContent, RegisterWrite?> change, bool? exists, Deadline deadline)
    {
        var timer = new CancellationTokenSource(deadline.Remaining, _clock);
        var attempt = new RegisterAttempt(new UInt128(SecureRandom.Next64(_random), SecureRandom.Next64(_random)));
        RegisterResult result = new RegisterResult.NoQuorum(0, 0, false);
        for (var views = 0; views < MostViews && !deadline.HasPassed; views++)
        {
            if (await _views.CurrentAsync(timer.Token) is not { } view)
                break;
            var lanes = Lanes(view, key);
            var proposal = new RegisterProposal(lanes, new Majorities(view.Quorums(key)), _ballots, attempt, timer.Token);
            var recalled = Recall(view, key, lanes);
            var insert = recalled == Ballot.None && views == 0 && exists != true && (exists == false || Volatile.Read(ref _existing) < 2);
            if (insert)
                lanes.ForEach(lane => lane.AssumeMissing());
            result = await proposal.RunAsync(change, recalled);
            if (recalled == Ballot.None && exists is null)
                Volatile.Write(ref _existing, Math.Clamp(_existing + (lanes.Exists(lane => lane.Created) ? -1 : 1), 0, 3));
            if (result is RegisterResult.NoQuorum or RegisterResult.TooLarge || (await _views.IsCurrentAsync(view, timer.Token) && !deadline.HasPassed))
                return (result, FinishAsync(view, lanes, proposal));

            // The members changed meanwhile: once more with those in force, which may find that it has taken effect.
            result = new RegisterResult.NoQuorum(0, lanes.Count / 2 + 1, attempt.Sent);
        }

        timer.Dispose();
        return (result, Task.CompletedTask);

        async Task FinishAsync(ClusterView view, List<RowLane> lanes, RegisterProposal proposal)
        {
            if (await proposal.Everywhere && lanes.TrueForAll(lane => lane.Row!.Register!.Promised == proposal.Next))
                _memory.Keep(key, view.Epoch, lanes);
            timer.Dispose();
        }
    }

    // The next ballot, which the rows of the last change through this instance promised; none when it is not known, or was tried.
    private Ballot Recall(ClusterView view, ReplicaKey key, List<RowLane> lanes)
    {
        var recalled = _memory.TryRecall(key, view.Epoch, lanes);
        _memory.Forget(key);
        return recalled ? lanes[0].Row!.Register!.Promised : Ballot.None;
    }

    private static Ballot AcceptedBy(RowLane lane) => lane.Row!.Register?.Accepted ?? Ballot.None;

    private Deadline NewDeadline() => Deadline.In(TimeSpan.FromMilliseconds(_options.OperationMilliseconds), _clock);

    // One that lost its state takes no part: what it promised meanwhile would bind nobody, and stand in the way of what is copied into it.
    private List<RowLane> Lanes(ClusterView view, ReplicaKey key) =>
        RowLane.OfOwners(view, key, ClusterView.Nearest(view.Owners(key), _views.Region).Where(node => node.Votes), _log);
}
