using Microsoft.AspNetCore.Connections;
using Serverless.Local.Cloud;
using Yarp.ReverseProxy.Forwarder;

namespace Serverless.Local.FrontDoor;

/// <summary>A front door that listens: it probes its origins and passes requests on to those that are well. More may be mapped on it before it starts.</summary>
internal sealed class DoorServer : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    private readonly Uri _address;
    private readonly IReadOnlyList<OriginProber> _probers;
    private readonly HttpMessageInvoker _probes = new(DoorForwarding.Handler());
    private readonly DoorForwarding _forwarding;
    private readonly CancellationTokenSource _stopping = new();
    private Task _probing = Task.CompletedTask;

    /// <param name="address">Where it listens.</param>
    /// <param name="origins">Where requests go.</param>
    /// <param name="rule">How it tells which of them are well.</param>
    /// <param name="id">What it calls itself in each request.</param>
    /// <param name="progress">Told when an origin falls or rises.</param>
    /// <param name="clock">The clock.</param>
    public DoorServer(Uri address, Origins origins, ProbeRule rule, string id, IProgress<string> progress, TimeProvider clock)
    {
        _address = address;
        _probers = [.. origins.All.Select(origin => new OriginProber(origin, rule, _probes, progress, clock))];
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);

        // What an origin failed is told to the client that asked for it.
        builder.Logging.AddFilter("Yarp", LogLevel.None);
        builder.WebHost.UseUrls(address.ToString());
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.Services.AddHttpForwarder();
        App = builder.Build();
        _forwarding = new DoorForwarding(origins, id, App.Services.GetRequiredService<IHttpForwarder>());
        App.Map("/{**path}", _forwarding.ForwardAsync);
    }

    public WebApplication App { get; }

    /// <exception cref="LocalCloudException">Its port is taken.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_probers.Select(prober => prober.WarmAsync(cancellationToken)));
        try
        {
            await App.StartAsync(cancellationToken);
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            throw new LocalCloudException(FreePorts.Busy(_address.Port), taken);
        }

        _probing = Task.WhenAll(_probers.Select(prober => prober.RunAsync(_stopping.Token)));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _probing;
        using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
        await App.StopAsync(limit.Token);
        await App.DisposeAsync();
        _forwarding.Dispose();
        _probes.Dispose();
        _stopping.Dispose();
    }
}
