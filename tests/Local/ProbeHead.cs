using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Http;
using Serverless.Local.Host;

namespace Serverless.Tests.Local;

/// <summary>A head without storage that runs the probe functions and the app's catch-all.</summary>
public sealed class ProbeHead : IAsyncLifetime
{
    private readonly WebApplication _head = LocalHead.Create(new LocalHeadOptions
    {
        Url = "http://127.0.0.1:0",
        Functions = FunctionCatalog.OfTypes(typeof(ProbeFunctions), typeof(NotFoundFunctions)),
        Settings = new Dictionary<string, string?>(HeadSettings.Least)
        {
            ["Functions:Keys:probe-key"] = "of-the-function",
            ["Functions:Keys:default"] = "of-all-functions",
            ["Functions:Keys:master"] = "of-the-master",
        },
        ConfigureServices = services => services.AddSingleton<ProbeSignals>(),
    });

    public int Port => new Uri(_head.Urls.Single()).Port;

    public ProbeSignals Signals => _head.Services.GetRequiredService<ProbeSignals>();

    public async ValueTask InitializeAsync() => await _head.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _head.StopAsync(CancellationToken.None);
        await _head.DisposeAsync();
    }
}
