using Serverless.Replication;

namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>What happens besides the operations, each at any moment.</summary>
/// <param name="CrashFirst">The first coordinator crashes. At the very end that is the same as not at all.</param>
/// <param name="Wipe">The node that loses everything and comes back as a new incarnation; null: none does.</param>
/// <param name="Refill">
/// The node that has just lost everything: a timer's job refills it, and ends with the change of membership that lets it vote again. No
/// coordinator has loaded the membership before. Null: none has.
/// </param>
/// <param name="Promote">The same, but it has been refilled: only the change of membership is left. Null: none has.</param>
internal readonly record struct Events(bool CrashFirst = false, string? Wipe = null, string? Refill = null, string? Promote = null);

/// <summary>What a coordinator's client does, one operation after the other.</summary>
internal enum Act
{
    /// <summary>Writes without having seen anything.</summary>
    Write,

    /// <summary>Writes over all that its last read answered; deletes nothing.</summary>
    Overwrite,

    Read,
}

/// <summary>
/// Quorum writes and reads of one key by two coordinators on three nodes: no acknowledged write is lost, no dot names two writes, and a
/// read sees what was acknowledged before it began. R = W = 2; no node is left to keep hints.
/// </summary>
internal sealed class QuorumWriteScenario : Scenario
{
    private static readonly ReplicaKey Key = new("kv", "a");
    private const string Acknowledgements = "acknowledgements";

    private readonly KvHistory _history = new();
    private readonly SteppedCluster _cluster;
    private readonly IReadOnlyList<(int Owner, ClusterViews Views, ReplicatedStore Store, Act[] Acts)> _coordinators;
    private readonly bool _exists;
    private readonly Events _events;

    /// <param name="context">Where steps wait.</param>
    /// <param name="acts">For each coordinator, what its client does.</param>
    /// <param name="events">What happens meanwhile.</param>
    /// <param name="exists">Whether the key was written, everywhere, before anything begins.</param>
    /// <param name="mutation">A rule of the code that is broken, to see that it is missed.</param>
    public QuorumWriteScenario(SteppedContext context, Act[][] acts, Events events, bool exists = false, Mutation mutation = Mutation.None)
        : base(context)
    {
        (_exists, _events) = (exists, events);
        _cluster = new SteppedCluster(context, _history.Stored, mutation);
        _coordinators =
        [
            .. acts.Select((coordinatorActs, number) =>
            {
                var owner = context.NewOwner("coordinator");
                var views = _cluster.Views(owner, number + 1);
                return (owner, views, _cluster.Coordinator(owner, views), coordinatorActs);
            }),
        ];
    }

    public override async Task PrepareAsync()
    {
        if (_exists)
        {
            var owner = Context.NewOwner("founder");
            using var founder = _cluster.Coordinator(owner, _cluster.Views(owner, 1));
            await WriteAsync(founder, CausalContext.Empty);
        }

        if ((_events.Refill ?? _events.Promote) is { } node)
        {
            _cluster.Wipe(node);
            if (_events.Promote is not null)
                await _cluster.RefillAsync(Context.NewOwner("job"), promote: false);
            return;
        }

        foreach (var (_, views, _, _) in _coordinators)
            await views.RefreshAsync(CancellationToken.None);
    }

    public override void Start()
    {
        foreach (var (owner, _, store, acts) in _coordinators)
            Context.Begin(owner, "a client", () => ActAsync(owner, store, acts));
        if (_events.CrashFirst)
            Context.Offer("crash", () => Context.Crash(_coordinators[0].Owner));
        if (_events.Wipe is { } node)
            Context.Offer($"wipe {node}", () => _cluster.Wipe(node));
        if (_events.Promote is { } refilled)
            Context.Offer($"promote {refilled}", () => _cluster.Promote(refilled));
        if (_events.Refill is not null)
        {
            var owner = Context.NewOwner("job", inOrder: true);
            Context.Begin(owner, "the refill", () => _cluster.RefillAsync(owner, promote: true));
        }
    }

    public override IEnumerable<string> BrokenNow() => _history.Broken;

    // Everything has ended: whatever quorum of voting owners is asked, it knows all that was acknowledged.
    public override IEnumerable<string> BrokenInTheEnd()
    {
        var held = _cluster.Document.Nodes.Select(node => _cluster.Held(node.Id, Key)).OfType<VersionSet>().ToList();
        for (var one = 0; one < held.Count; one++)
        {
            for (var other = one + 1; other < held.Count; other++)
                _history.Kept(Key.Text, held[one].Merge(held[other]));
        }

        // A client may have been told of a dot, beside that of its write, that only the wiped node had.
        if (_events.Wipe is null)
            _history.Final(Key.Text, held.Aggregate(VersionSet.Empty, (all, one) => all.Merge(one)));

        foreach (var (_, _, store, _) in _coordinators)
            store.Dispose();
        return _history.Broken;
    }

    private async Task ActAsync(int owner, ReplicatedStore store, Act[] acts)
    {
        var read = CausalContext.Empty;
        foreach (var act in acts)
        {
            if (act == Act.Read)
                read = await ReadAsync(owner, store) ?? read;
            else
                await WriteAsync(store, act == Act.Write ? CausalContext.Empty : read);
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

    private async Task WriteAsync(ReplicatedStore store, CausalContext seen)
    {
        var nonce = store.NewNonce();
        var write = _history.Begin(Key.Text, nonce, seen, deletes: false);
        var intent = new WriteIntent(nonce, seen, "", new byte[8], Context.Time.GetUtcNow());
        if (await store.WriteAsync(Key, intent, QuorumRules.Default, CancellationToken.None) is not WriteResult.Written written)
            return;
        Context.Touched(Acknowledgements, Touch.Add);
        write.Acknowledge(written);
    }
}
