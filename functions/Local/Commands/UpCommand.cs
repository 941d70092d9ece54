using Serverless.Local.Cloud;
using Serverless.Local.Head;

namespace Serverless.Local.Commands;

/// <summary>"up": starts the local cloud and keeps it running until it is interrupted.</summary>
internal static class UpCommand
{
    public static async Task<int> RunAsync(UpOptions options, TextWriter output)
    {
        // The first signal stops everything in order; after a second one the storage saves by itself.
        using var interruption = new Interruption();
        var console = new UpConsole(output, interactive: !Console.IsOutputRedirected);
        try
        {
            await using var cloud = await console.StartingAsync(() => LocalCloud.StartAsync(options.Cloud, console, interruption.Token));
            await using var head = await CloudHead.StartAsync(cloud, options.Port, options.Data, interruption.Token);
            Greet(console, cloud, head);
            await interruption.WaitAsync(options.Cloud.Clock);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            console.Line("Stopped.");
        }

        return 0;
    }

    private static void Greet(UpConsole console, LocalCloud cloud, CloudHead head)
    {
        foreach (var region in cloud.UncleanRegions)
            console.Line($"{region} did not stop cleanly last time: its nodes lost writes");
        var nodes = string.Join(", ", cloud.Nodes.Select(node => node.Id));
        console.Line($"Ready: {cloud.Regions.Count} regions with {cloud.Nodes.Count} nodes: {nodes}");
        console.Line($"API: {new Uri(head.Address, "api")}");
        console.Line($"Try: curl -i -X PUT {new Uri(head.Address, "api/kv/hello")} -H 'X-App-Key: {CloudHead.AppKey}' -H 'X-App-Secret: {CloudHead.AppSecret}' -H 'Content-Type: text/plain' -d world");
        console.Line("Ctrl+C stops everything.");
    }
}
