using System.Globalization;
using Serverless.Http;
using Serverless.Local.Cloud;
using Serverless.Local.Head;
using Serverless.Local.Inbox;
using Serverless.Local.Page;

namespace Serverless.Local.FrontDoor;

/// <summary>
/// The local cloud laid out as in Azure: in each region a head of its own, and a front door before them all. This process supervises storage and heads and is the front door; nothing of the app runs in it.
/// </summary>
internal sealed class RegionalCloud : IAsyncDisposable
{
    private readonly LocalProviders _providers;
    private readonly CloudKeeper _keeper;
    private readonly IReadOnlyList<RegionHead> _heads;
    private readonly DoorServer _door;

    private RegionalCloud(LocalCloud cloud, LocalCloudOptions options, ProbeRule rule, LocalProviders providers, CloudKeeper keeper, IProgress<string> progress)
    {
        var id = Guid.CreateVersion7(options.Clock.GetUtcNow()).ToString("D");
        (_providers, _keeper, _heads) = (providers, keeper, DoorHeads.Of(cloud, options, id, progress));
        (Address, Rule) = (At(options.Port), rule);
        HeadAddresses = [.. cloud.Regions.Select((_, i) => At(DoorPorts.OfHead(options.Port, i + 1)))];
        var origins = new Origins([.. cloud.Regions.Zip(HeadAddresses, (region, address) => new Origin(region, address, rule))]);
        _door = new DoorServer(Address, origins, rule, id, progress, options.Clock);
        _door.App.MapPage(PageBuild.Locate(), HeadAddresses);
        _door.App.MapInbox(providers);
        _door.App.MapDevRegions(cloud, keeper.Services.GetRequiredService<Authentication>(), region => _heads.Single(head => head.Region == region).KillAsync());
        _door.App.MapRegionStates(rule, origins, _heads);
    }

    /// <summary>Of the front door, without /api.</summary>
    public Uri Address { get; }

    /// <summary>Of each region's head.</summary>
    public IReadOnlyList<Uri> HeadAddresses { get; }

    /// <summary>How the front door tells which regions are well.</summary>
    public ProbeRule Rule { get; }

    /// <inheritdoc cref="CloudKeeper.MembersAsync"/>
    public Task<IReadOnlyList<string>> MembersAsync(CancellationToken cancellationToken) => _keeper.MembersAsync(cancellationToken);

    /// <summary>Starts the heads of a cloud whose storage runs, and then the front door.</summary>
    /// <param name="cloud">The storage.</param>
    /// <param name="options">With which it was started; the port is known.</param>
    /// <param name="rule">How the front door tells which regions are well.</param>
    /// <param name="progress">Told of deaths and returns.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="LocalCloudException">It cannot start; the message says why in a sentence.</exception>
    public static async Task<RegionalCloud> StartAsync(LocalCloud cloud, LocalCloudOptions options, ProbeRule rule, IProgress<string> progress, CancellationToken cancellationToken)
    {
        DoorPorts.Require(options);
        var providers = await LocalProviders.StartAsync(options.Port, options.DataFolder, cancellationToken);
        var regional = new RegionalCloud(cloud, options, rule, providers, new CloudKeeper(cloud, options.DataFolder), progress);
        try
        {
            await regional._keeper.BeginAsync(cancellationToken);
            progress.Report("Starting the head of every region");
            await Task.WhenAll(regional._heads.Select(head => head.StartAsync(cancellationToken)));
            await regional._door.StartAsync(cancellationToken);
            return regional;
        }
        catch
        {
            await regional.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _door.DisposeAsync();
        await Task.WhenAll(_heads.Select(head => head.DisposeAsync().AsTask()));
        await _keeper.DisposeAsync();
        await _providers.DisposeAsync();
    }

    private static Uri At(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
}
