namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>What is left of the deletion that the reaper meets.</summary>
internal enum Deleted
{
    /// <summary>The tombstone on all owners, old; the look before this one has proved that nothing can bring back what it deleted.</summary>
    Proved,

    /// <summary>The same, but the deleted value is in a hint on a fourth node, which a job hands over now, so that nothing could be proved.</summary>
    Hinted,
}

/// <summary>
/// A key that was deleted long ago is forgotten while clients write and read it, on three nodes; on four where one keeps a hint. Besides
/// the laws of all writes: the nodes that still remember the deletion remember the same one, and it is forgotten when no client does
/// anything: a read that saw it just before may bring it back, as a deletion.
/// </summary>
/// <remarks>
/// Lived are the looks that may delete. Looks lie minutes apart and time stands still while anything is under way, so nothing that began
/// before one look is under way at the next; that is what the pause between looks is for.
/// </remarks>
internal sealed class ReapScenario : QuorumScenario
{
    // Which owner the value did not reach.
    private const string Unreached = "r3n1";

    private readonly Deleted _deleted;
    private readonly Events _events;
    private readonly bool _crashes;
    private readonly bool _mustForget;

    /// <param name="context">Where steps wait.</param>
    /// <param name="acts">For each coordinator, what its client does.</param>
    /// <param name="deleted">What the reaper meets.</param>
    /// <param name="events">What happens meanwhile.</param>
    /// <param name="crashes">Whether the reaper crashes.</param>
    /// <param name="inAnyOrder">As in <see cref="QuorumScenario"/>.</param>
    /// <param name="mutation">A rule of the code that is broken, to see that it is missed.</param>
    public ReapScenario(
        SteppedContext context, Act[][] acts, Deleted deleted, Events events = default, bool crashes = false, int inAnyOrder = int.MaxValue, Mutation mutation = Mutation.None)
        : base(context, acts, mutation, inAnyOrder, standsIn: deleted == Deleted.Hinted) =>
        (_deleted, _events, _crashes, _mustForget) = (deleted, events, crashes, events == default && !crashes && Array.TrueForAll(acts, all => all.Length == 0));

    protected override bool MayForgetDots => _events.Wipe is not null;

    private TimeSpan Age => TimeSpan.FromMinutes(Cluster.Options.Value.ReapMinutes);

    public override async Task PrepareAsync()
    {
        Cluster.Cut(Unreached, isCut: _deleted == Deleted.Hinted);
        await ActBeforeAsync(Act.Write);
        await DelayAsync(TimeSpan.FromMinutes(1));
        Cluster.Cut(Unreached, isCut: false);
        await ActBeforeAsync(Act.Read, Act.Delete);
        await DelayAsync(2 * Age);

        // The first look leaves its marks. The second knows by them what was old by then, and proves; the third may delete.
        var jobs = Cluster.Jobs(Context.NewOwner("job"));
        await LookAsync(jobs, Age);
        await LookAsync(jobs, Age);
        await RefreshAsync();
    }

    public override void Start()
    {
        base.Start();
        _events.Offer(Context, Cluster, Coordinators[0].Owner);
        if (_deleted == Deleted.Hinted)
            BeginJob("the hand-over", crashes: false, jobs => jobs.HandOverAsync());
        BeginJob("the reaper", _crashes, async jobs =>
        {
            await jobs.ReapAsync();
            if (_deleted == Deleted.Proved)
                return;

            // One more look proves now that the hint is gone, the next may delete.
            await DelayAsync(Age);
            await LookAsync(jobs, Age);
            await jobs.ReapAsync();
        });
    }

    public override IEnumerable<string> BrokenInTheEnd()
    {
        var versions = Cluster.ReadQuorums(Key).SelectMany(rows => rows).SelectMany(row => row.Set.Versions).ToList();
        if (versions.Where(version => version.IsTombstone).Select(version => version.Nonce).Distinct().Count() > 1)
            yield return "owners remember different deletions";
        if (_mustForget && versions.Count > 0)
            yield return "what was deleted long ago is not forgotten";
        foreach (var broken in base.BrokenInTheEnd())
            yield return broken;
    }

    private async Task LookAsync(TimerJobs jobs, TimeSpan then)
    {
        await jobs.ReapAsync();
        await DelayAsync(then);
    }
}
