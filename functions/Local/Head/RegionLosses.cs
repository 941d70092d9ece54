using Serverless.Local.Cloud;
using Serverless.Replication;

namespace Serverless.Local.Head;

/// <summary>Tells the cluster what its storage lost: nodes that lost writes get new incarnations, and are refilled.</summary>
/// <param name="services">The app's.</param>
/// <param name="cloud">The storage.</param>
internal sealed class RegionLosses(IServiceProvider services, LocalCloud cloud)
{
    /// <summary>Deals with the losses of before this start, and from then on with those that come. The membership must be known before the first request: a cloud that lost state is told so first.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (cloud.UncleanRegions.Count > 0)
            await ReincarnateAsync(cloud.UncleanRegions, hasOlderState: true, cancellationToken);
        cloud.RegionRestarted = (region, token) => ReincarnateAsync([region], hasOlderState: false, token);
    }

    private async Task ReincarnateAsync(IReadOnlyList<string> regions, bool hasOlderState, CancellationToken cancellationToken)
    {
        if (await services.GetRequiredService<ClusterStore>().ReincarnateAsync(n => regions.Contains(n.Region), hasOlderState, cancellationToken) is null)
            throw new InvalidOperationException("too few nodes answer to give the lost ones new incarnations");
        await services.GetRequiredService<ClusterViews>().RefreshAsync(cancellationToken);
        foreach (var region in regions)
            cloud.Recovered(region);
    }
}
