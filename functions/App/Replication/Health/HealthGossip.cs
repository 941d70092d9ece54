namespace Serverless.Replication;

/// <summary>
/// Tells other instances and other stamps what this instance saw of the nodes, and hears it from them: each stamp keeps one
/// digest per node on the nodes of its region, and stamps exchange digests pair by pair, so that news is everywhere after about
/// log n rounds (push-pull anti-entropy; Demers et al. 1987). Every step is bounded in rows (<see cref="DigestRows.MostRows"/>)
/// and in time; what is left out comes with the next one. Thread-safe.
/// </summary>
public sealed class HealthGossip(ClusterViews views, Random random, TimeProvider clock, ReplicationMetrics? metrics = null)
{
    /// <summary>An instance that serves requests publishes at most this often, unless a verdict of its own changed: 10 s.</summary>
    public static readonly TimeSpan PublishEvery = TimeSpan.FromSeconds(10);

    /// <summary>A stamp's word that a node is down counts while it is younger: 1 minute. A node nobody has called since may be well.</summary>
    public static readonly TimeSpan WordCounts = TimeSpan.FromMinutes(1);

    /// <summary>One publication, exchange or reading takes so long at most: 3 s.</summary>
    public static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(3);

    private int _publishing;
    private int _turns = -1;
    private long _publishedAt;

    /// <summary>One round: publishes, then exchanges with one other stamp.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (await views.GetAsync(cancellationToken) is not { } view)
            return;
        await PublishAsync(view, cancellationToken);
        await ExchangeAsync(view, cancellationToken);
    }

    /// <summary>
    /// Hears what the stamp holds of the nodes, and writes what this instance saw into the stamp's digests: on a node of its own region,
    /// or when none answers, of the next. False when not all of it could be written.
    /// </summary>
    public Task<bool> PublishAsync(ClusterView view, CancellationToken cancellationToken) => StepAsync(async token =>
    {
        if (await NearestAsync(view, token) is not { } region)
            return false;
        Hear(view, region.Known.Values);
        return await region.ObserveAsync(views.Region, view.Nodes.Values, clock, token);
    }, cancellationToken);

    /// <summary>
    /// Makes this region's nodes and those of another one, drawn at random, hold the latest digests of both. False when one of them
    /// does not answer or not all of it could be written.
    /// </summary>
    public Task<bool> ExchangeAsync(ClusterView view, CancellationToken cancellationToken) => StepAsync(async token =>
    {
        List<string> others = [.. Regions(view).Skip(1)];
        if (others.Count == 0)
            return true;

        var sides = await Task.WhenAll(
            RegionDigests.ReadAsync(view, views.Region, clock, token),
            RegionDigests.ReadAsync(view, others[random.Next(others.Count)], clock, token));
        if (sides is not [{ } ours, { } theirs])
            return false;

        var news = RegionDigests.Merged(ours.Known.Values.Concat(theirs.Known.Values)).Values;
        return Array.TrueForAll(await Task.WhenAll(ours.LearnAsync(news, token), theirs.LearnAsync(news, token)), all => all);
    }, cancellationToken);

    /// <summary>The digests known in this region, or when none of its nodes answers, in the next.</summary>
    public Task<GossipRead> ReadAsync(ClusterView view, CancellationToken cancellationToken) => StepAsync<GossipRead>(async token =>
        await NearestAsync(view, token) is { } region
            ? new GossipRead.Known(
            [
                .. region.Known.Values
                    .Where(digest => view.Nodes[digest.Node].Incarnation == digest.Incarnation)
                    .OrderBy(digest => digest.Stamp, StringComparer.Ordinal)
                    .ThenBy(digest => digest.Node, StringComparer.Ordinal),
            ])
            : GossipRead.Unavailable.Instance, cancellationToken);

    /// <summary>
    /// Called with every operation: instances that serve requests run no timers. The first call, then one in 10 s, and the first after a
    /// verdict of this instance changed, publishes in the background. One at a time; what fails is left to the next.
    /// </summary>
    public void Touch(ClusterView view)
    {
        if (IsDue() && Interlocked.Exchange(ref _publishing, 1) == 0)
            _ = PublishInBackgroundAsync();

        async Task PublishInBackgroundAsync()
        {
            try
            {
                Volatile.Write(ref _turns, views.Turns);
                await PublishAsync(view, CancellationToken.None);
            }
            finally
            {
                Volatile.Write(ref _publishedAt, clock.GetTimestamp());
                Volatile.Write(ref _publishing, 0);
            }
        }
    }

    private bool IsDue() => Volatile.Read(ref _publishing) == 0
        && (views.Turns != Volatile.Read(ref _turns) || clock.GetElapsedTime(Volatile.Read(ref _publishedAt)) >= PublishEvery);

    // An instance that has not called a node for a while, a cold one above all, need not wait for five time-outs of its own.
    private void Hear(ClusterView view, IEnumerable<HealthDigest> digests)
    {
        foreach (var digest in digests.Where(d => d.Stamp == views.Region && clock.GetUtcNow() - d.SeenAt < WordCounts))
        {
            var node = view.Nodes[digest.Node];
            if (node.Incarnation != digest.Incarnation)
                continue;
            metrics?.Heard(digest.Node, !digest.Up);
            if (!digest.Up)
                node.Health.Suspect(digest.Since, digest.SeenAt);
        }
    }

    private async Task<RegionDigests?> NearestAsync(ClusterView view, CancellationToken cancellationToken)
    {
        foreach (var region in Regions(view))
        {
            if (await RegionDigests.ReadAsync(view, region, clock, cancellationToken) is { } digests)
                return digests;
        }

        return null;
    }

    // Its own first.
    private IEnumerable<string> Regions(ClusterView view) =>
        view.Nodes.Values.Select(node => node.Region).Append(views.Region).Distinct().OrderBy(r => r != views.Region).ThenBy(r => r, StringComparer.Ordinal);

    private async Task<T> StepAsync<T>(Func<CancellationToken, Task<T>> step, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StepLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        return await step(either.Token);
    }
}
