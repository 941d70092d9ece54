using Serverless.Local.Client;
using Serverless.Local.Cloud;
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
            await using var cloud = await console.StartingAsync(() => StartAsync(options, console, interruption.Token));
            await using var head = await CloudHead.StartAsync(cloud, options.Port, options.Data, interruption.Token);
            await GreetAsync(console, cloud, head, interruption.Token);
            if (options.NodesGiven)
                await ResizeOwnAsync(head, options, console, interruption.Token);
            await interruption.WaitAsync(options.Cloud.Clock);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            console.Line("Stopped.");
        }

        return 0;
    }

    // All but the page does without it.
    private static async Task<LocalCloud> StartAsync(UpOptions options, UpConsole console, CancellationToken cancellationToken)
    {
        try
        {
            await PageBuild.EnsureAsync(console, options.Cloud.Clock, cancellationToken);
        }
        catch (LocalCloudException failure)
        {
            console.Line(failure.Message);
        }

        return await LocalCloud.StartAsync(options.Cloud, console, cancellationToken);
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
        await ResizeAsync(running, options.Nodes, console, cancellationToken);
        return true;
    }

    // The cloud serves, whatever becomes of it.
    private static async Task ResizeOwnAsync(CloudHead head, UpOptions options, UpConsole console, CancellationToken cancellationToken)
    {
        try
        {
            await ResizeAsync(new RunningCloud(head.Address, options.Cloud.Clock), options.Nodes, console, cancellationToken);
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

    private static async Task GreetAsync(UpConsole console, LocalCloud cloud, CloudHead head, CancellationToken cancellationToken)
    {
        foreach (var region in cloud.UncleanRegions)
            console.Line($"{region} did not stop cleanly last time: its nodes lost writes");
        var nodes = await head.MembersAsync(cancellationToken);
        console.Line($"Ready: {cloud.Regions.Count} regions with {nodes.Count} nodes: {string.Join(", ", nodes)}");
        if (PageBuild.Locate().IsComplete)
            console.Line($"Chat: {head.Address}, in as many windows as you like");
        console.Line($"API: {new Uri(head.Address, "api")}");
        console.Line($"Inbox: {new Uri(head.Address, "inbox")}, where notifications arrive");
        console.Line($"Try: curl -i -X PUT {new Uri(head.Address, "api/kv/hello")} -H 'X-App-Key: {CloudHead.AppKey}' -H 'X-App-Secret: {CloudHead.AppSecret}' -H 'Content-Type: text/plain' -d world");
        console.Line("Ctrl+C stops everything.");
    }
}
