using Serverless.Local.Cloud;

namespace Serverless.Tests.Local;

public sealed class CloudRestartTests : IDisposable
{
    private readonly CloudFolder _folder = new();

    private LocalCloudOptions Options => new()
    {
        Port = 0,
        Regions = 1,
        NodesPerRegion = 1,
        DataFolder = _folder.Path,
        RestartDelay = TimeSpan.Zero,
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clean_stop_keeps_what_was_acknowledged()
    {
        await using (var cloud = await LocalCloud.StartAsync(Options, cancellationToken: Cancelled))
            await new CloudTable(cloud.Nodes[0]).WriteAsync(500);

        Assert.True(_folder.IsClean(1));
        await using var again = await LocalCloud.StartAsync(Options, cancellationToken: Cancelled);
        Assert.Empty(again.UncleanRegions);
        Assert.Equal(500, await new CloudTable(again.Nodes[0]).CountAsync());
    }

    [Fact]
    public async Task Fresh_deletes_the_data()
    {
        await using (var cloud = await LocalCloud.StartAsync(Options, cancellationToken: Cancelled))
            await new CloudTable(cloud.Nodes[0]).WriteAsync(1);

        await using var again = await LocalCloud.StartAsync(Options with { Fresh = true }, cancellationToken: Cancelled);
        Assert.Null(await new CloudTable(again.Nodes[0]).CountAsync());
    }

    [Fact]
    public async Task A_killed_region_comes_back_as_a_new_incarnation_without_its_tables()
    {
        await using var cloud = await LocalCloud.StartAsync(Options, cancellationToken: Cancelled);
        await new CloudTable(cloud.Nodes[0]).WriteAsync(1);
        var restarted = new TaskCompletionSource<(string Region, int? Rows)>(TaskCreationOptions.RunContinuationsAsynchronously);
        cloud.RegionRestarted = async (region, _) => restarted.SetResult((region, await new CloudTable(cloud.Nodes[0]).CountAsync()));
        var before = cloud.ProcessId("local-1");

        await cloud.KillAsync("local-1");

        Assert.Equal(("local-1", null), await restarted.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancelled));
        Assert.NotEqual(before, cloud.ProcessId("local-1"));
    }

    [Fact]
    public async Task A_start_after_a_kill_is_unclean_until_dealt_with()
    {
        var died = Options with { RestartDelay = TimeSpan.FromMinutes(10) };
        await using (var cloud = await LocalCloud.StartAsync(died, cancellationToken: Cancelled))
            await cloud.KillAsync("local-1");

        await using (var cloud = await LocalCloud.StartAsync(Options, cancellationToken: Cancelled))
            Assert.Equal(["local-1"], cloud.UncleanRegions);

        await using (var cloud = await LocalCloud.StartAsync(Options, cancellationToken: Cancelled))
        {
            Assert.Equal(["local-1"], cloud.UncleanRegions);
            cloud.Recovered("local-1");
        }

        await using (var cloud = await LocalCloud.StartAsync(Options, cancellationToken: Cancelled))
            Assert.Empty(cloud.UncleanRegions);
    }

    [Fact]
    public async Task A_region_whose_new_incarnation_failed_stays_unclean()
    {
        var lines = new Lines("failed: no majority");
        await using (var cloud = await LocalCloud.StartAsync(Options, lines, Cancelled))
        {
            cloud.RegionRestarted = (_, _) => throw new InvalidOperationException("no majority");
            await cloud.KillAsync("local-1");
            await lines.Seen.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancelled);
        }

        await using var again = await LocalCloud.StartAsync(Options, cancellationToken: Cancelled);
        Assert.Equal(["local-1"], again.UncleanRegions);
    }

    [Fact]
    public async Task A_paused_region_hangs_and_loses_nothing()
    {
        Assert.SkipUnless(LocalCloud.CanPause, "This system has no signals that pause a process.");
        await using var cloud = await LocalCloud.StartAsync(Options, cancellationToken: Cancelled);
        var table = new CloudTable(cloud.Nodes[0]);
        await table.WriteAsync(1);

        await cloud.PauseAsync("local-1");
        var counting = table.CountAsync();
        await Assert.ThrowsAsync<TimeoutException>(
            () => counting.WaitAsync(TimeSpan.FromMilliseconds(300), TimeProvider.System, Cancelled));
        await cloud.ResumeAsync("local-1");

        Assert.Equal(1, await counting);
    }

    public void Dispose() => _folder.Dispose();

    private sealed class Lines(string awaited) : IProgress<string>
    {
        private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Seen => _seen.Task;

        public void Report(string value)
        {
            if (value.EndsWith(awaited, StringComparison.Ordinal))
                _seen.TrySetResult();
        }
    }
}
