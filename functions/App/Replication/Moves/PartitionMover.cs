using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Serverless.Replication;

/// <summary>
/// Carries a change of membership out. While it is joint: copies each partition to the owners that come and compares the trees of all owners; when all is
/// done, the ring after the move comes into force. Then it drops what the owners before it still have, and the move is finished. Each phase
/// begins when nobody acts any more on what was in force before it, and waits while a member is being refilled. It remembers nothing: progress
/// is stored by partition, under a lease, and each step may be repeated, or done by several instances at once.
/// </summary>
public sealed partial class PartitionMover(
    ClusterViews views, ClusterChange change, StampDuties duties, HintHandover handover, CommitLog log, Ballots ballots, IOptions<ReplicationOptions> options, TimeProvider clock,
    Random random, ILogger<PartitionMover> logger)
{
    /// <summary>How long a run has a partition to itself after its last page: 2 minutes.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private const int PartitionsAtOnce = 4;

    /// <summary>Goes on until the present phase is done, something does not answer, or <paramref name="cancellationToken"/> ends it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (await views.RefreshAsync(cancellationToken) is not { Document.Move: { } move } view || !await views.IsCurrentAsync(view, cancellationToken))
            return;
        if (clock.GetUtcNow() - move.Since < TimeSpan.FromSeconds(options.Value.SettleSeconds) || !MembershipSteps.AllVote(view.Document))
            return;

        var ours = await duties.NowAsync(view, cancellationToken);
        var moved = MovedPartition.Of(view);
        foreach (var some in moved.Where(partition => Workers(partition, move).Any(ours)).Chunk(PartitionsAtOnce))
        {
            if (cancellationToken.IsCancellationRequested)
                return;
            await Task.WhenAll(some.Select(partition => MoveAsync(view, partition, cancellationToken)));
        }

        if (await MoveProgress.ReadAsync(view, cancellationToken) is { IsComplete: true } && await NextAsync(view, move, cancellationToken) is { } next)
            LogPhase(move.Kind, move.Node, move.Phase, next.Epoch);
    }

    // The region that looks after them does the work: those that receive, then those that are rid of something.
    private static IEnumerable<Node> Workers(MovedPartition partition, ClusterMove move) => move.Phase == MovePhase.Joint ? partition.Coming : partition.Going;

    private async Task MoveAsync(ClusterView view, MovedPartition partition, CancellationToken cancellationToken)
    {
        var phase = MoveRecord.PhaseOf(view);
        if (AntiEntropy.LeaderOf(view, partition.Number) is not { } keeper || await MoveRecord.ReadAsync(keeper, partition.Name, phase, cancellationToken) is not { } known)
            return;
        var (record, etag) = known;
        var pace = new MovePace(options.Value.MovePercent, clock);

        // A time far ahead is that of a clock that was wrong.
        var now = clock.GetUtcNow();
        if (record.Done || (record.LeaseEnd > now && record.LeaseEnd <= now + Lease + Lease))
            return;
        if (!await KeepAsync(record) || !await WorkAsync(view, partition, record.CopiedTo, row => KeepAsync(record with { CopiedTo = row }), cancellationToken))
        {
            // Whoever comes next need not wait for the lease to end.
            if (etag is not null)
                await (record with { LeaseEnd = default }).WriteAsync(keeper, partition.Name, etag, cancellationToken);
            return;
        }

        await pace.RestAsync(cancellationToken);
        await (record with { LeaseEnd = default, Done = true }).WriteAsync(keeper, partition.Name, etag, cancellationToken);

        // Before each step; the one before it is followed by a rest.
        async Task<bool> KeepAsync(MoveRecord next)
        {
            await pace.RestAsync(cancellationToken);
            record = next with { LeaseEnd = clock.GetUtcNow() + Lease };
            etag = await record.WriteAsync(keeper, partition.Name, etag, cancellationToken);
            return etag is not null;
        }
    }

    private async Task<bool> WorkAsync(ClusterView view, MovedPartition partition, string from, Func<string, Task<bool>> progress, CancellationToken cancellationToken)
    {
        var move = view.Document.Move!;
        if (move.Phase == MovePhase.Joint)
            return await new PartitionCopy(views, view, partition, log, ballots).RunAsync(from, progress, cancellationToken);

        var drop = new PartitionDrop(views, view, partition, log, options.Value.WriteQuorum);
        foreach (var node in partition.Going)
        {
            var leaves = move.Kind == MoveKind.Leave && node.Id == move.Node;
            if (!await drop.RunAsync(node, delete: !leaves, progress, cancellationToken))
                return false;
        }

        return true;
    }

    // A node that holds hints is not removed: since the move began nobody gives it any, and those that it has go to the owners of the day.
    private async Task<ClusterDocument?> NextAsync(ClusterView view, ClusterMove move, CancellationToken cancellationToken)
    {
        if (move.Phase == MovePhase.Joint)
            return await change(document => MembershipSteps.Switch(document, move, clock.GetUtcNow(), NewRandom), cancellationToken);
        return move.Kind != MoveKind.Leave || await handover.EmptyAsync(view, view.Nodes[move.Node], cancellationToken)
            ? await change(document => MembershipSteps.Finish(document, move, NewRandom), cancellationToken)
            : null;
    }

    private ulong NewRandom() => SecureRandom.Next64(random);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Kind} of node {Node}: phase {Phase} is done, epoch {Epoch} follows")]
    private partial void LogPhase(MoveKind kind, string node, MovePhase phase, int epoch);
}
