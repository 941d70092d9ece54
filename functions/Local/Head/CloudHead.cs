using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Serverless.Local.Cloud;
using Serverless.Local.Host;
using Serverless.Replication;

namespace Serverless.Local.Head;

/// <summary>The app's head on a local cloud: its settings name the cloud's nodes, its callers are the local service and whoever asks for a development token.</summary>
public sealed class CloudHead : IAsyncDisposable
{
    /// <summary>The local service's credentials, in every README example.</summary>
    public const string AppKey = "local";

    public const string AppSecret = "local-secret";

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    private readonly WebApplication _app;
    private readonly DevIdentity _identity;

    private CloudHead(WebApplication app, DevIdentity identity) => (_app, _identity) = (app, identity);

    /// <summary>Where it answers, without /api.</summary>
    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    /// <param name="cloud">The nodes it works on.</param>
    /// <param name="port">Where it listens on the loopback address; 0 takes a free one.</param>
    /// <param name="folder">The cloud's data folder; null when nothing is kept.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    public static async Task<CloudHead> StartAsync(LocalCloud cloud, int port, string? folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cloud);
        var identity = DevIdentity.Open(folder, TimeProvider.System);
        var app = LocalHead.Create(new LocalHeadOptions
        {
            Url = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}",
            StorageConnectionString = cloud.StorageConnectionString(cloud.Regions[0]),
            Settings = Settings(cloud, identity),
        });
        app.MapDevTokens(identity);
        app.MapDevRegions(cloud);

        // The membership must be known before the first request: a cloud that lost state is told so first.
        var head = new CloudHead(app, identity);
        if (cloud.UncleanRegions.Count > 0)
            await head.ReincarnateAsync(cloud, cloud.UncleanRegions, hasOlderState: true, cancellationToken);
        cloud.RegionRestarted = (region, token) => head.ReincarnateAsync(cloud, [region], hasOlderState: false, token);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            await head.DisposeAsync();
            throw new LocalCloudException(FreePorts.Busy(port), taken);
        }

        head.Address = new Uri(app.Urls.First());
        return head;
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        _identity.Dispose();
    }

    private async Task ReincarnateAsync(LocalCloud cloud, IReadOnlyList<string> regions, bool hasOlderState, CancellationToken cancellationToken)
    {
        var lost = cloud.Nodes.Where(n => regions.Contains(n.Region)).Select(n => n.Id).ToHashSet(StringComparer.Ordinal);
        if (await _app.Services.GetRequiredService<ClusterStore>().ReincarnateAsync(lost, hasOlderState, cancellationToken) is null)
            throw new InvalidOperationException("too few nodes answer to give the lost ones new incarnations");
        await _app.Services.GetRequiredService<ClusterViews>().RefreshAsync(cancellationToken);
        foreach (var region in regions)
            cloud.Recovered(region);

        // At once, not when the timer fires next: until then the region's copies do not count.
        await _app.Services.GetRequiredService<NodeRefill>().RunAsync(cancellationToken);
    }

    private static Dictionary<string, string?> Settings(LocalCloud cloud, DevIdentity identity)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Cluster:Region"] = cloud.Regions[0],
            ["Auth:Issuer"] = DevIdentity.Issuer,
            ["Auth:Audience"] = DevIdentity.Audience,
            ["Auth:Keys"] = identity.PublicKeys(),
            ["Auth:Services:0:Key"] = AppKey,
            ["Auth:Services:0:SecretHashes:0"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(AppSecret))),
        };
        for (var i = 0; i < cloud.Nodes.Count; i++)
        {
            var (node, at) = (cloud.Nodes[i], string.Create(CultureInfo.InvariantCulture, $"Cluster:Nodes:{i}"));
            settings[$"{at}:Id"] = node.Id;
            settings[$"{at}:Region"] = node.Region;
            settings[$"{at}:Endpoint"] = node.TableEndpoint.ToString();
            settings[$"{at}:Account"] = node.Account;
            settings[$"{at}:Key"] = node.Key;
        }

        return settings;
    }
}
