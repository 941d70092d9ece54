using System.Buffers.Binary;
using Serverless.Replication;

namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>What a client of a strict register does.</summary>
internal enum StrictAct
{
    /// <summary>Puts a value of its own in the place of whatever it meets.</summary>
    Change,

    Read,
}

/// <summary>
/// Changes and reads of one strict register by two coordinators on three nodes. What clients met and left is linearizable, and stays so
/// with whatever any majority of the nodes that vote has in the end. The first coordinator knows the membership as of the beginning, the
/// other loads it with its first operation; both do where a node lost its state before.
/// </summary>
/// <remarks>
/// Two rivals that both lost wait for times drawn at random, and time passes only when nothing else can happen: so the one that wakes
/// first is through before the other tries again, and schedules end. Of each coordinator one draw of ballots and pauses is lived.
/// </remarks>
internal sealed class StrictScenario : Scenario
{
    private static readonly ReplicaKey Key = new("reg", "a");
    private const string History = "history";

    private readonly RegisterHistory _history = new();
    private readonly List<(RegisterHistory.Step Step, List<int> Met, int To)> _changes = [];
    private readonly SteppedCluster _cluster;
    private readonly IReadOnlyList<(int Owner, ClusterViews Views, StrictRegisters Registers, StrictAct[] Acts)> _coordinators;
    private readonly bool _exists;
    private readonly Events _events;
    private int _clients;

    /// <param name="context">Where steps wait.</param>
    /// <param name="acts">For each coordinator, what its client does.</param>
    /// <param name="events">What happens meanwhile.</param>
    /// <param name="exists">Whether the register was written, everywhere, before anything begins.</param>
    /// <param name="inAnyOrder">The coordinators, from the first on, whose calls are carried out in any order; those of the others are in order (<see cref="SteppedContext.NewOwner"/>).</param>
    /// <param name="mutation">A rule of the code that is broken, to see that it is missed.</param>
    public StrictScenario(SteppedContext context, StrictAct[][] acts, Events events, bool exists = false, int inAnyOrder = int.MaxValue, Mutation mutation = Mutation.None)
        : base(context)
    {
        (_exists, _events) = (exists, events);
        _cluster = new SteppedCluster(context, _ => { }, mutation);
        _coordinators =
        [
            .. acts.Select((coordinatorActs, number) =>
            {
                var owner = context.NewOwner("coordinator", inOrder: number >= inAnyOrder);
                var views = _cluster.Views(owner, number + 1);
                return (owner, views, _cluster.Registers(owner, views), coordinatorActs);
            }),
        ];
    }

    public override async Task PrepareAsync()
    {
        if (_exists)
        {
            var owner = Context.NewOwner("founder");
            using var founder = _cluster.Registers(owner, _cluster.Views(owner, 1));
            await ActAsync(owner, founder, [StrictAct.Change]);

            // Else its ballot, of the same millisecond, would be above those that are drawn next.
            await Task.Delay(TimeSpan.FromSeconds(1), Context.Time);
        }

        if (await _events.PrepareAsync(Context, _cluster))
            return;
        await _coordinators[0].Views.RefreshAsync(CancellationToken.None);
    }

    public override void Start()
    {
        foreach (var (owner, _, registers, acts) in _coordinators)
            Context.Begin(owner, "a client", () => ActAsync(owner, registers, acts));
        _events.Offer(Context, _cluster, _coordinators[0].Owner);
    }

    public override IEnumerable<string> BrokenInTheEnd()
    {
        // A change that never ended may have taken effect.
        foreach (var (step, met, to) in _changes)
            RegisterHistory.Unknown(step, met, to);

        var broken = _history.Broken().ToList();
        foreach (var rows in _cluster.ReadQuorums(Key))
        {
            var value = Of(rows.Aggregate(default(RegisterState), (latest, row) => RegisterState.Later(latest, row.Register))?.Value);
            var read = _history.Begin(Key.Text);
            _history.End(read, value, value);
            broken.AddRange(_history.Broken());
            RegisterHistory.Forget(read);
        }

        foreach (var (_, _, registers, _) in _coordinators)
            registers.Dispose();
        return broken;
    }

    private async Task ActAsync(int owner, StrictRegisters registers, StrictAct[] acts)
    {
        const int valuesEach = 10;
        var value = valuesEach * ++_clients;
        foreach (var act in acts)
        {
            if (act == StrictAct.Read)
                await ReadAsync(owner, registers);
            else
                await ChangeAsync(owner, registers, ++value);
        }
    }

    private async Task ReadAsync(int owner, StrictRegisters registers)
    {
        var step = await BeginAsync(owner, "begin to read");
        if (await registers.ReadAsync(Key, CancellationToken.None) is RegisterResult.Held(var content, _))
            End(step, Of(content.Value), Of(content.Value));
        else
            RegisterHistory.Forget(step);
    }

    private async Task ChangeAsync(int owner, StrictRegisters registers, int to)
    {
        var step = await BeginAsync(owner, "begin to change");
        var met = new List<int>();
        _changes.Add((step, met, to));
        var result = await registers.ChangeAsync(Key, content =>
        {
            met.Add(Of(content.Value));
            return new RegisterWrite("", BitConverter.GetBytes(to));
        }, CancellationToken.None);
        if (result is RegisterResult.NoQuorum { MayTakeEffect: true })
            return;
        _changes.Remove((step, met, to));
        if (result is RegisterResult.Written)
            End(step, met[^1], to);
        else
            RegisterHistory.Forget(step);
    }

    // What ended before something else began came before it: nothing else of the order in which clients begin and end counts.
    private Task<RegisterHistory.Step> BeginAsync(int owner, string label) => Context.AskAsync(owner, label, () =>
    {
        Context.Touched(History, Touch.Read);
        return Task.FromResult(_history.Begin(Key.Text));
    }, isMessage: false);

    private void End(RegisterHistory.Step step, int met, int left)
    {
        Context.Touched(History, Touch.Add);
        _history.End(step, met, left);
    }

    private static int Of(RegisterValue? value) =>
        value?.Value is { } bytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes.Span) : RegisterHistory.Nothing;
}
