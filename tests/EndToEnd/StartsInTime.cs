using Serverless.Tests.Local;

namespace Serverless.Tests.EndToEnd;

[Collection(nameof(AloneOnTheMachine))]
public sealed class StartsInTime : IDisposable
{
    private static readonly TimeSpan WarmStart = TimeSpan.FromSeconds(15);

    private readonly CloudFolder _folder = new();

    [Fact]
    public async Task A_warm_start_is_healthy_within_15_s_and_SIGTERM_ends_it_with_exit_code_0_and_all_its_processes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send to another process.");
        var port = LocalProcess.FreePort();
        await using (var first = await LocalProcess.StartAsync(_folder.Path, port))
        {
            Print("on an empty folder", first);
            await StopAsync(first);
        }

        await using var warm = await LocalProcess.StartAsync(_folder.Path, port);
        Print("on a folder with data", warm);
        Assert.InRange(warm.ReadyAfter, TimeSpan.Zero, WarmStart);
        await StopAsync(warm);
    }

    public void Dispose() => _folder.Dispose();

    private static void Print(string start, LocalProcess local) => TestContext.Current.TestOutputHelper?.WriteLine(
        $"start {start}: healthy after {local.ReadyAfter.TotalSeconds:0.00} s");

    private async Task StopAsync(LocalProcess local)
    {
        var storage = local.AllStorage();

        Assert.Equal(0, await local.StopAsync());

        Assert.All(storage, process => Assert.True(process.HasExited, $"The storage process {process.Id} still runs."));
        Assert.All(Enumerable.Range(1, LocalProcess.Regions), region => Assert.True(_folder.IsClean(region), $"Region {region} is not clean."));
        foreach (var process in storage)
            process.Dispose();
    }
}
