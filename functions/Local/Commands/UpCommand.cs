using Serverless.Local.Client;
using Serverless.Local.Cloud;
using Serverless.Local.FrontDoor;
using Serverless.Local.Head;
using Serverless.Local.Page;

namespace Serverless.Local.Commands;

/// <summary>"up": starts the local cloud and keeps it running until it is interrupted. With --nodes, one that runs already grows or shrinks to them instead.</summary>
internal static class UpCommand
{
    public static async Task<int> RunAsync(UpOptions options, TextWriter output)
    {
        // The first signal stops everything in order; after a second one the storage saves by itself.
        using var interruption = new Interruption();
        var console = new UpConsole(output, interactive: !Console.IsOutputRedirected);
        try
        {
            if (options.NodesGiven && await ResizeRunningAsync(options, console, interruption.Token))
                return 0;
            await (options.FrontDoor ? WithFrontDoorAsync(options, console, interruption) : WithOneHeadAsync(options, console, interruption));
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            console.Line("Stopped.");
        }

        return 0;
    }

    private static async Task WithOneHeadAsync(UpOptions options, UpConsole console, Interruption interruption)
    {
        await using var cloud = await console.StartingAsync(() => StartAsync(options.Cloud, console, interruption.Token));
        await using var head = await CloudHead.StartAsync(cloud, options.Port, options.Data, interruption.Token);
        UpGreeting.Say(console, cloud, head.Address, await head.MembersAsync(interruption.Token));
        await StayAsync(head.Address, options, console, interruption);
    }

    private static async Task WithFrontDoorAsync(UpOptions options, UpConsole console, Interruption interruption)
    {
        var settled = DoorPorts.Resolve(options.Cloud);
        await using var cloud = await console.StartingAsync(() => StartAsync(settled, console, interruption.Token));
        await using var regional = await RegionalCloud.StartAsync(cloud, settled, options.Probes, console, interruption.Token);
        UpGreeting.Say(console, cloud, regional);
        UpGreeting.Say(console, cloud, regional.Address, await regional.MembersAsync(interruption.Token));

        // One head, since each takes a moment to hear what another did.
        await StayAsync(regional.HeadAddresses[0], options, console, interruption);
    }

    private static async Task StayAsync(Uri head, UpOptions options, UpConsole console, Interruption interruption)
    {
        if (options.NodesGiven)
            await ResizeOwnAsync(head, options, console, interruption.Token);
        await interruption.WaitAsync(options.Cloud.Clock);
    }

    // All but the page does without it.
    private static async Task<LocalCloud> StartAsync(LocalCloudOptions options, UpConsole console, CancellationToken cancellationToken)
    {
        try
        {
            await PageBuild.EnsureAsync(console, options.Clock, cancellationToken);
        }
        catch (LocalCloudException failure)
        {
            console.Line(failure.Message);
        }

        return await LocalCloud.StartAsync(options, console, cancellationToken);
    }

    private static async Task<bool> ResizeRunningAsync(UpOptions options, UpConsole console, CancellationToken cancellationToken)
    {
        var running = new RunningCloud(options.Address, options.Cloud.Clock);
        if (!await running.AnswersAsync())
        {
            running.Dispose();
            return false;
        }

        console.Line($"A cloud runs at {options.Address}: its regions get {options.Nodes} nodes each");
        await ResizeAsync(await running.AtOneHeadAsync(), options.Nodes, console, cancellationToken);
        return true;
    }

    // The cloud serves, whatever becomes of it.
    private static async Task ResizeOwnAsync(Uri head, UpOptions options, UpConsole console, CancellationToken cancellationToken)
    {
        try
        {
            await ResizeAsync(new RunningCloud(head, options.Cloud.Clock), options.Nodes, console, cancellationToken);
        }
        catch (Exception failure) when (failure is LocalCloudException or HttpRequestException)
        {
            console.Line(failure.Message);
        }
    }

    private static async Task ResizeAsync(RunningCloud cloud, int nodes, UpConsole console, CancellationToken cancellationToken)
    {
        using (cloud)
        {
            if (await cloud.ReachAsync(nodes, console, cancellationToken) is > 0 and var moves)
                console.Line($"Every region has {nodes} nodes now, after {moves} moves.");
        }
    }
}
