using Serverless.Local.Cloud;
using Serverless.Tests.Local;

[assembly: AssemblyFixture(typeof(CloudFixture))]

namespace Serverless.Tests.Local;

/// <summary>
/// One local cloud in memory for all tests that can share it: 3 regions with 2 nodes each, on free ports. Started by the first that asks.
/// </summary>
public sealed class CloudFixture : IAsyncDisposable
{
    private readonly Lazy<Task<LocalCloud>> _cloud = new(() => LocalCloud.StartAsync(new() { Port = 0, InMemory = true }));

    /// <summary>The running cloud. Tests that kill or pause regions start their own.</summary>
    public Task<LocalCloud> CloudAsync() => _cloud.Value;

    public async ValueTask DisposeAsync()
    {
        if (_cloud.IsValueCreated)
            await (await _cloud.Value).DisposeAsync();
    }
}
