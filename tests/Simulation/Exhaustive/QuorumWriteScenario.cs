namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>Quorum writes and reads of one key by two coordinators on three nodes, none of which is left to keep hints.</summary>
internal sealed class QuorumWriteScenario : QuorumScenario
{
    private readonly bool _exists;
    private readonly Events _events;

    /// <param name="context">Where steps wait.</param>
    /// <param name="acts">For each coordinator, what its client does.</param>
    /// <param name="events">What happens meanwhile.</param>
    /// <param name="exists">Whether the key was written, everywhere, before anything begins.</param>
    /// <param name="mutation">A rule of the code that is broken, to see that it is missed.</param>
    public QuorumWriteScenario(SteppedContext context, Act[][] acts, Events events, bool exists = false, Mutation mutation = Mutation.None)
        : base(context, acts, mutation) => (_exists, _events) = (exists, events);

    protected override bool MayForgetDots => _events.Wipe is not null;

    public override async Task PrepareAsync()
    {
        if (_exists)
            await ActBeforeAsync(Act.Write);
        if (!await _events.PrepareAsync(Context, Cluster))
            await RefreshAsync();
    }

    public override void Start()
    {
        base.Start();
        _events.Offer(Context, Cluster, Coordinators[0].Owner);
    }
}
