using System.Diagnostics;
using Serverless.Local.Cloud;

namespace Serverless.Tests.Local;

/// <summary>The command as a process of its own, ended from outside.</summary>
public sealed class CloudParentTests : IDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);

    private readonly CloudFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_the_parent_is_killed_its_storage_saves_and_ends()
    {
        var port = FreePorts.Choose(300, new Random(Environment.ProcessId));
        using var parent = await UpAsync(port);
        await new CloudTable(Node(port)).WriteAsync(500);
        var storage = _folder.ProcessId(1);

        parent.Kill(entireProcessTree: false);

        await Eventually.HoldsAsync(() => !IsRunning(storage), "the storage process ends", EndLimit);
        Assert.True(_folder.IsClean(1));
        await using var cloud = await LocalCloud.StartAsync(
            new() { Port = 0, Regions = 1, NodesPerRegion = 1, DataFolder = _folder.Path }, cancellationToken: Cancelled);
        Assert.Empty(cloud.UncleanRegions);
        Assert.Equal(500, await new CloudTable(cloud.Nodes[0]).CountAsync());
    }

    [Fact]
    public async Task A_second_start_waits_for_the_storage_of_a_killed_parent()
    {
        var port = FreePorts.Choose(300, new Random(Environment.ProcessId));
        using (var parent = await UpAsync(port))
        {
            await new CloudTable(Node(port)).WriteAsync(100);
            parent.Kill(entireProcessTree: false);
            await parent.WaitForExitAsync(Cancelled);
        }

        await using var cloud = await LocalCloud.StartAsync(
            new() { Port = port, Regions = 1, NodesPerRegion = 1, DataFolder = _folder.Path }, cancellationToken: Cancelled);
        Assert.Empty(cloud.UncleanRegions);
        Assert.Equal(100, await new CloudTable(cloud.Nodes[0]).CountAsync());
    }

    // Not SIGINT: shells start background jobs with it ignored, and that is inherited.
    [Fact]
    public async Task A_signal_stops_everything_with_exit_code_0()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send to another process.");
        using var parent = await UpAsync(port: 0);
        var storage = _folder.ProcessId(1);

        using (var kill = Process.Start("kill", ["-TERM", $"{parent.Id}"]))
            await kill.WaitForExitAsync(Cancelled);
        await parent.WaitForExitAsync(Cancelled).WaitAsync(EndLimit, TimeProvider.System, Cancelled);

        Assert.Equal(0, parent.ExitCode);
        Assert.False(IsRunning(storage));
        Assert.True(_folder.IsClean(1));
    }

    public void Dispose() => _folder.Dispose();

    private static LocalNode Node(int port) => RegionLayout.FromPort(1, 1, port)[0].Nodes[0];

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // Returns when the command says that it is ready.
    private async Task<Process> UpAsync(int port)
    {
        var program = typeof(Serverless.Local.Program).Assembly.Location;
        var start = new ProcessStartInfo(
            "dotnet", [program, "up", "--regions", "1", "--nodes", "1", "--port", $"{port}", "--data", _folder.Path])
        {
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync(Cancelled);
        }
        while (line is not null && !line.StartsWith("Ready", StringComparison.Ordinal));

        Assert.NotNull(line);
        return process;
    }
}
