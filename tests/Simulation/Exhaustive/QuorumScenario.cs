using Serverless.Replication;

namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>What a coordinator's client does, one operation after the other.</summary>
internal enum Act
{
    /// <summary>Writes without having seen anything.</summary>
    Write,

    /// <summary>Writes over all that its last read answered; deletes nothing.</summary>
    Overwrite,

    /// <summary>Deletes all that its last read answered.</summary>
    Delete,

    Read,
}

/// <summary>
/// Quorum writes and reads of one key by a coordinator for each client, with R = W = 2: no acknowledged write is lost, nothing that one
/// overwrote comes back, no dot names two writes, and a read sees what was acknowledged before it began.
/// </summary>
internal abstract class QuorumScenario : Scenario
{
    protected static readonly ReplicaKey Key = new("kv", "a");
    private const string Acknowledgements = "acknowledgements";

    private readonly KvHistory _history = new();
    private readonly Act[][] _acts;

    /// <param name="context">Where steps wait.</param>
    /// <param name="acts">For each coordinator, what its client does.</param>
    /// <param name="mutation">A rule of the code that is broken, to see that it is missed.</param>
    /// <param name="inAnyOrder">The coordinators, from the first on, whose calls are carried out in any order; those of the others are in order (<see cref="SteppedContext.NewOwner"/>). Default: all.</param>
    /// <param name="standsIn">Whether a fourth node keeps hints; default: there is none.</param>
    protected QuorumScenario(SteppedContext context, Act[][] acts, Mutation mutation, int inAnyOrder = int.MaxValue, bool standsIn = false)
        : base(context)
    {
        _acts = acts;
        Cluster = new SteppedCluster(context, _history.Stored, mutation, standsIn);
        Coordinators =
        [
            .. acts.Select((_, number) =>
            {
                var owner = context.NewOwner("coordinator", inOrder: number >= inAnyOrder);
                var views = Cluster.Views(owner, number + 1);
                return (owner, views, Cluster.Coordinator(owner, views));
            }),
        ];
    }

    protected SteppedCluster Cluster { get; }

    protected IReadOnlyList<(int Owner, ClusterViews Views, ReplicatedStore Store)> Coordinators { get; }

    /// <summary>Whether a client may have been told of a dot, beside that of its write, that only a node had which lost it.</summary>
    protected virtual bool MayForgetDots => false;

    public override void Start()
    {
        foreach (var ((owner, _, store), acts) in Coordinators.Zip(_acts))
            Context.Begin(owner, "a client", () => ActAsync(owner, store, acts));
    }

    public override IEnumerable<string> BrokenNow() => _history.Broken;

    // Everything has ended: whatever quorum is asked, it knows all that was acknowledged.
    public override IEnumerable<string> BrokenInTheEnd()
    {
        var all = VersionSet.Empty;
        foreach (var rows in Cluster.ReadQuorums(Key))
        {
            var held = rows.Aggregate(VersionSet.Empty, (sum, row) => sum.Merge(row.Set));
            _history.Kept(Key.Text, held);
            all = all.Merge(held);
        }

        if (!MayForgetDots)
            _history.Final(Key.Text, all);
        foreach (var (_, _, store) in Coordinators)
            store.Dispose();
        return _history.Broken;
    }

    /// <summary>Does what a client does, through one more coordinator, before the schedule begins.</summary>
    protected async Task ActBeforeAsync(params Act[] acts)
    {
        var owner = Context.NewOwner("founder");
        using var founder = Cluster.Coordinator(owner, Cluster.Views(owner, 1));
        await ActAsync(owner, founder, acts);
    }

    /// <summary>Before the schedule begins, coordinators load the membership.</summary>
    /// <param name="coordinators">How many of them, the first ones; the others load it with their first operation.</param>
    protected async Task RefreshAsync(int coordinators = int.MaxValue)
    {
        foreach (var (_, views, _) in Coordinators.Take(coordinators))
            await views.RefreshAsync(CancellationToken.None);
    }

    protected Task DelayAsync(TimeSpan delay) => Task.Delay(delay, Context.Time);

    /// <summary>
    /// Begins a job. Its calls are in order (<see cref="SteppedContext.NewOwner"/>), and only those on keys and hints are steps
    /// (<see cref="SteppingReplica"/>): all that clients and jobs both touch is in these, and in the membership.
    /// </summary>
    protected void BeginJob(string name, bool crashes, Func<TimerJobs, Task> run)
    {
        var owner = Context.NewOwner(name, inOrder: true);
        var jobs = Cluster.Jobs(owner, keysOnly: true);
        Context.Begin(owner, name, () => run(jobs));
        if (crashes)
            Context.Offer($"crash of {name}", () => Context.Crash(owner));
    }

    private async Task ActAsync(int owner, ReplicatedStore store, Act[] acts)
    {
        var read = CausalContext.Empty;
        foreach (var act in acts)
        {
            if (act == Act.Read)
                read = await ReadAsync(owner, store) ?? read;
            else
                await WriteAsync(store, act == Act.Write ? CausalContext.Empty : read, deletes: act == Act.Delete);
        }
    }

    private async Task<CausalContext?> ReadAsync(int owner, ReplicatedStore store)
    {
        var before = await Context.AskAsync(owner, "begin to read", () =>
        {
            Context.Touched(Acknowledgements, Touch.Read);
            return Task.FromResult(_history.HeldByOwners(Key.Text));
        }, isMessage: false);
        if (await store.ReadAsync(Key, QuorumRules.Default, CancellationToken.None) is not ReadResult.Read(var set, _, _))
            return null;
        _history.Read(Key.Text, before, set);
        return set.Context;
    }

    private async Task WriteAsync(ReplicatedStore store, CausalContext seen, bool deletes)
    {
        var nonce = store.NewNonce();
        var write = _history.Begin(Key.Text, nonce, seen, deletes);
        var intent = new WriteIntent(nonce, seen, deletes ? null : "", deletes ? default(ReadOnlyMemory<byte>?) : new byte[8], Context.Time.GetUtcNow());
        if (await store.WriteAsync(Key, intent, QuorumRules.Default, CancellationToken.None) is not WriteResult.Written written)
            return;
        Context.Touched(Acknowledgements, Touch.Add);
        write.Acknowledge(written);
    }
}
