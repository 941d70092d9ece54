using Serverless.Tests.Local;

namespace Serverless.Tests.EndToEnd;

[Collection(nameof(AloneOnTheMachine))]
public sealed class SecondHead : IDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly CloudFolder _folder = new();

    [Fact]
    public async Task A_head_that_joins_serves_in_its_region_and_SIGTERM_ends_it_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send to another process.");
        var port = LocalProcess.FreePort();
        await using var up = await LocalProcess.StartAsync(_folder.Path, port);
        await using var head = up.LaunchHead(2, port + 1);
        await head.ReadyAsync();
        Assert.Contains($"Ready: head in local-2 on the cloud at port {port}", head.Lines);
        Assert.Contains($"API: http://127.0.0.1:{port + 1}/api", head.Lines);
        var entries = KvEntry.Many("joined", 50);
        await new KvClients(head.Service).WriteAllAsync(entries);
        var storage = up.AllStorage();

        var stopping = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, await head.StopAsync());
        Assert.InRange(TimeProvider.System.GetElapsedTime(stopping), TimeSpan.Zero, StopLimit);

        Assert.All(storage, process => Assert.False(process.HasExited, $"The storage process {process.Id} ended with the head."));
        await new KvClients(up.Service).ReadAllBackAsync(entries);
        await Assert.ThrowsAsync<HttpRequestException>(() => head.Service.GetAsync(
            new Uri("api/health", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    public void Dispose() => _folder.Dispose();
}
