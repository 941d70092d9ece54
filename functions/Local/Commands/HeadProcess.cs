using Microsoft.AspNetCore.Connections;
using Serverless.Local.Cloud;

namespace Serverless.Local.Commands;

/// <summary>The head of the local cloud: answers HTTP on its port.</summary>
internal sealed class HeadProcess : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HeadProcess(WebApplication app, Uri address) => (_app, Address) = (app, address);

    /// <summary>Address of the API, without the prefix /api.</summary>
    public Uri Address { get; }

    public static async Task<HeadProcess> StartAsync(LocalCloud cloud, UpOptions options, CancellationToken cancellationToken)
    {
        var address = new Uri($"http://localhost:{cloud.Port}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(address.ToString());
        var app = builder.Build();
        app.MapGet("/api/health", () => Results.Ok(new { status = "ok", regions = options.Regions }));
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await app.DisposeAsync();
            throw new LocalCloudException(FreePorts.Busy(cloud.Port), e);
        }

        return new(app, address);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
