using Serverless.Replication;

namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>How far the change of membership is when operations begin.</summary>
internal enum MoveBegun
{
    /// <summary>The join is published at any moment; the mover comes when all that began before has ended.</summary>
    NotYet,

    /// <summary>The mover copies, then publishes the ring after the move.</summary>
    Joint,

    /// <summary>The mover deletes what is left on the owner that goes, then ends the move.</summary>
    Dropping,
}

/// <summary>
/// A fourth node joins, in the place of one of the three that own the partition, while clients write and read a key. Besides the laws of
/// all writes, the move ends unless the mover crashes.
/// </summary>
/// <remarks>
/// The mover waits in each phase until no older view is acted upon, and time stands still while anything is under way: so what begins in
/// one phase is not under way when the mover goes on in the next, and the phases are explored one by one.
/// </remarks>
internal sealed class MoveScenario : QuorumScenario
{
    private const int MostRuns = 6;

    private readonly MoveBegun _begun;
    private readonly Events _events;
    private readonly bool _crashes;
    private readonly bool _exists;

    /// <param name="context">Where steps wait.</param>
    /// <param name="acts">For each coordinator, what its client does.</param>
    /// <param name="begun">How far the move is. The first coordinator knows the membership as of then, the others load it with their first operation.</param>
    /// <param name="events">What happens meanwhile.</param>
    /// <param name="exists">Whether the key was written, everywhere, before the move.</param>
    /// <param name="crashes">Whether the mover crashes.</param>
    /// <param name="inAnyOrder">As in <see cref="QuorumScenario"/>.</param>
    /// <param name="mutation">A rule of the code that is broken, to see that it is missed.</param>
    public MoveScenario(
        SteppedContext context, Act[][] acts, MoveBegun begun, Events events = default, bool exists = false, bool crashes = false, int inAnyOrder = int.MaxValue, Mutation mutation = Mutation.None)
        : base(context, acts, mutation, inAnyOrder) => (_begun, _events, _exists, _crashes) = (begun, events, exists, crashes);

    protected override bool MayForgetDots => _events.Wipe is not null;

    // A little longer than nobody acts on an older view.
    private TimeSpan Settled => TimeSpan.FromSeconds(Cluster.Options.Value.SettleSeconds + 1);

    public override async Task PrepareAsync()
    {
        if (_exists)
            await ActBeforeAsync(Act.Write);
        if (_begun != MoveBegun.NotYet)
        {
            Cluster.Join();
            await DelayAsync(Settled);
        }

        if (_begun == MoveBegun.Dropping)
        {
            await Cluster.Jobs(Context.NewOwner("job")).MoveAsync();
            await DelayAsync(Settled);
        }

        await RefreshAsync(coordinators: 1);
    }

    public override void Start()
    {
        base.Start();
        _events.Offer(Context, Cluster, Coordinators[0].Owner);
        if (_begun == MoveBegun.NotYet)
            Context.Offer("begin to join", Cluster.Join);
        BeginJob("the mover", _crashes, MoveAsync);
    }

    private async Task MoveAsync(TimerJobs jobs)
    {
        if (_begun == MoveBegun.NotYet)
            await DelayAsync(Settled);
        else
            await jobs.MoveAsync();
        for (var runs = 0; Moves(); runs++)
        {
            if (runs >= MostRuns)
                throw new InvalidOperationException("The move does not end.");
            await DelayAsync(Settled);
            await jobs.MoveAsync();
        }
    }

    private bool Moves()
    {
        Context.Touched(SteppedCluster.Membership, Touch.Read);
        return Cluster.Document.Move is not null && MembershipSteps.AllVote(Cluster.Document);
    }
}
