using Serverless.Local.Cloud;
using Serverless.Local.Host;
using Serverless.Replication;

namespace Serverless.Local.Head;

/// <summary>What the process that supervises a cloud needs of the app when its heads are processes of their own: who calls, which nodes there are, and what to do about those that lost writes. It serves nothing.</summary>
internal sealed class CloudKeeper : IAsyncDisposable
{
    private readonly LocalCloud _cloud;
    private readonly DevIdentity _identity;
    private readonly WebApplication _app;

    /// <param name="cloud">The storage.</param>
    /// <param name="folder">The cloud's data folder; it gets a key for development tokens if it has none.</param>
    public CloudKeeper(LocalCloud cloud, string folder)
    {
        (_cloud, _identity) = (cloud, DevIdentity.Open(folder, TimeProvider.System));
        _app = LocalHead.Create(new LocalHeadOptions { Settings = CloudSettings.Of(cloud.Addresses, cloud.Regions[0], _identity, 0, new Dictionary<string, string?>()) });
    }

    public IServiceProvider Services => _app.Services;

    /// <inheritdoc cref="RegionLosses.FollowAsync"/>
    public Task BeginAsync(CancellationToken cancellationToken) => new RegionLosses(Services, _cloud).FollowAsync(cancellationToken);

    /// <summary>The nodes that are members now; those with which a cluster begins, while too few answer to tell.</summary>
    public async Task<IReadOnlyList<string>> MembersAsync(CancellationToken cancellationToken) =>
        await Services.GetRequiredService<ClusterViews>().GetAsync(cancellationToken) is { } view ? [.. view.Document.Nodes.Select(node => node.Id)] : [.. _cloud.Nodes.Select(node => node.Id)];

    public async ValueTask DisposeAsync()
    {
        _cloud.RegionRestarted = null;
        await _app.DisposeAsync();
        _identity.Dispose();
    }
}
