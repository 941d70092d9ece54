using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Serverless.Limits;
using Serverless.Replication;

namespace Serverless.Tests.Simulation;

/// <summary>The jobs that timers run on one instance, one run at a time and when a test says so.</summary>
/// <param name="views">What the instance knows of the cluster, and its region.</param>
/// <param name="gossip">Tells which stamps live.</param>
/// <param name="change">Publishes changes of the membership.</param>
/// <param name="options">Quorums, limits and bounds.</param>
/// <param name="clock">The clock.</param>
/// <param name="random">Names of log rows and of leases.</param>
internal sealed class TimerJobs(
    ClusterViews views, HealthGossip gossip, ClusterChange change, IOptions<ReplicationOptions> options, TimeProvider clock, Random random)
{
    private NodeRefill? _refill;

    /// <summary>One for all runs: it remembers what it has settled.</summary>
    public NodeRefill Refill => _refill ??= new(views, change, AntiEntropy, Handover, Log, options, clock, random, NullLogger<NodeRefill>.Instance);

    /// <summary>Refills nodes that lost their state.</summary>
    public Task RefillAsync() => Refill.RunAsync(CancellationToken.None);

    /// <summary>Carries a change of membership on.</summary>
    public Task MoveAsync() =>
        new PartitionMover(views, change, Duties, Handover, Log, new Ballots(clock, random), options, clock, random, NullLogger<PartitionMover>.Instance).RunAsync(CancellationToken.None);

    /// <summary>Compares and repairs the partitions that the region leads.</summary>
    public Task<SweepReport> SweepAsync() => AntiEntropy.RunAsync(CancellationToken.None);

    /// <summary>Hands over the hints that the region's nodes keep.</summary>
    public Task HandOverAsync() => Handover.RunAsync(CancellationToken.None);

    /// <summary>Rolls the commit logs of the region's nodes up.</summary>
    public Task RollUpAsync() => new RollUp(views, Duties).RunAsync(CancellationToken.None);

    /// <summary>Forgets deleted keys in the partitions that the region leads; how many.</summary>
    public Task<int> ReapAsync() =>
        new TombstoneReaper(views, Duties, Log, options, clock, random, NullLogger<TombstoneReaper>.Instance).RunAsync(CancellationToken.None);

    /// <summary>Deletes what does not count any more for any limit.</summary>
    public Task<int> ExpireAsync()
    {
        var clocks = new StorageClocks(clock);
        return new LimitsExpiry(views, clocks, new SubjectStore(new SubjectHomes(views, clocks), clocks), Duties, clock).RunAsync(CancellationToken.None);
    }

    private StampDuties Duties => new(views, gossip, clock);

    private CommitLog Log => new(clock, random);

    private AntiEntropy AntiEntropy => new(views, Duties, Log, new Ballots(clock, random), options, clock, NullLogger<AntiEntropy>.Instance);

    private HintHandover Handover => new(views, Duties, Log, options, clock, NullLogger<HintHandover>.Instance);
}
