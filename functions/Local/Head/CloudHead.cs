using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Serverless.Http;
using Serverless.Local.Cloud;
using Serverless.Local.Host;
using Serverless.Local.Inbox;
using Serverless.Local.Page;
using Serverless.Local.Realtime;
using Serverless.Replication;

namespace Serverless.Local.Head;

/// <summary>The app's head in one region of a local cloud; its callers are the local service and whoever asks for a development token.</summary>
public sealed class CloudHead : IAsyncDisposable
{
    /// <summary>The local service's credentials, in every README example.</summary>
    public const string AppKey = "local";

    public const string AppSecret = "local-secret";

    /// <summary>The host's master key, with which a timer function is run at once: POST /admin/functions/{name}.</summary>
    public const string MasterKey = "local-master";

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    private readonly WebApplication _app;
    private readonly string _region;
    private readonly DevIdentity _identity;
    private readonly int _port;
    private readonly IReadOnlyList<string> _founders;
    private readonly LocalProviders? _providers;
    private IDisposable? _entry;

    // As in Azure, timers and queues are those of the region's own account.
    private CloudHead(CloudAddresses cloud, string region, int port, string? folder, DevIdentity identity, LocalProviders? providers, IReadOnlyDictionary<string, string?> providerSettings, int? door = null)
    {
        (_region, _identity, _port, _founders, _providers) = (region, identity, port, [.. cloud.Nodes.Select(node => node.Id)], providers);
        _app = LocalHead.Create(new LocalHeadOptions
        {
            Url = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}",
            StorageConnectionString = cloud.StorageConnectionString(region),
            Settings = CloudSettings.Of(cloud, region, identity, door ?? port, providerSettings),
            ConfigureServices = services =>
            {
                services.AddSingleton(identity);
                services.AddLocalRealtime(region, [.. cloud.AllNodes.Select(node => node.Region).Distinct()], folder);
            },
        });
        _app.MapLocalRealtime(door is { } page ? new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{page}")) : null);
        _app.MapDevTokens(identity);
        _app.MapPage(PageBuild.Locate(), []);
        if (providers is not null)
            _app.MapInbox(providers);
    }

    /// <summary>The nodes that are members now; those with which a cluster begins, while too few answer to tell.</summary>
    public async Task<IReadOnlyList<string>> MembersAsync(CancellationToken cancellationToken) =>
        await Services.GetRequiredService<ClusterViews>().GetAsync(cancellationToken) is { } view ? [.. view.Document.Nodes.Select(node => node.Id)] : _founders;

    /// <summary>Where it answers, without /api.</summary>
    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    /// <summary>The cloud's providers of notifications; null in a head that another's supervises.</summary>
    internal LocalProviders? Providers => _providers;

    /// <summary>Starts the head that supervises: it runs in the first region and deals with the losses of all.</summary>
    /// <param name="cloud">The storage it works on.</param>
    /// <param name="port">Where it listens on the loopback address; 0 takes a free one.</param>
    /// <param name="folder">The cloud's data folder; null when nothing is kept.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    public static async Task<CloudHead> StartAsync(LocalCloud cloud, int port, string? folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cloud);
        var providers = await LocalProviders.StartAsync(port, folder, cancellationToken);
        port = port == 0 ? FreePorts.Choose(1, new Random(Environment.ProcessId)) : port;
        var head = new CloudHead(cloud.Addresses, cloud.Regions[0], port, folder, DevIdentity.Open(folder, TimeProvider.System), providers, providers.Settings());
        head._app.MapDevRegions(cloud, head.Services.GetRequiredService<Authentication>());
        await new RegionLosses(head.Services, cloud).FollowAsync(cancellationToken);
        await head.ListenAsync(cancellationToken);
        return head;
    }

    /// <summary>Starts one more head on a cloud that another supervises; tokens of either hold at both.</summary>
    /// <param name="cloud">The storage it works on.</param>
    /// <param name="region">Where it runs.</param>
    /// <param name="port">Where it listens on the loopback address; 0 takes a free one.</param>
    /// <param name="folder">The cloud's data folder.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <param name="door">The port of the front door before it: links lead there, and its page may connect here. Null: there is none.</param>
    /// <exception cref="LocalCloudException">It cannot start; the message says why in a sentence.</exception>
    public static async Task<CloudHead> JoinAsync(
        CloudAddresses cloud, string region, int port, string folder, CancellationToken cancellationToken, int? door = null)
    {
        ArgumentNullException.ThrowIfNull(cloud);
        var head = new CloudHead(cloud, region, port, folder, DevIdentity.OfCloud(folder, TimeProvider.System), null, LocalProviders.SettingsOf(folder), door);
        try
        {
            await head.Services.GetRequiredService<ClusterViews>().RefreshAsync(cancellationToken);
        }
        catch (InvalidOperationException unnamed)
        {
            await head.DisposeAsync();
            throw new LocalCloudException("The cloud has nodes that are not named here: give the --regions that it was started with.", unnamed);
        }

        await head.ListenAsync(cancellationToken);
        return head;
    }

    public async ValueTask DisposeAsync()
    {
        _entry?.Dispose();
        using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        if (_providers is not null)
            await _providers.DisposeAsync();
        _identity.Dispose();
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            await DisposeAsync();
            throw new LocalCloudException(FreePorts.Busy(_port), taken);
        }

        Address = new Uri(_app.Urls.First());
        _entry = Services.GetRequiredService<HubDirectory>().Enter(_region, Address);
    }
}
