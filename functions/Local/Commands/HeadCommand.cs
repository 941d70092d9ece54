using Serverless.Local.Cloud;
using Serverless.Local.Head;

namespace Serverless.Local.Commands;

/// <summary>"head": one more head on the storage of a running cloud, in a region of its choice, until it is interrupted.</summary>
internal static class HeadCommand
{
    public static async Task<int> RunAsync(HeadOptions options, TextWriter output)
    {
        var (port, shared) = (options.CloudPort, options.Shared);
        if (options.Region > shared.Regions)
        {
            throw new LocalCloudException(
                $"The cloud has {shared.Regions} regions: choose --region from 1 to {shared.Regions}, or name the cloud's --regions.");
        }

        using var interruption = options.Door is null ? new Interruption() : Interruption.ByParent();
        var cloud = CloudAddresses.FromPort(shared.Regions, shared.Nodes, port);
        var console = new UpConsole(output, interactive: !Console.IsOutputRedirected);
        try
        {
            if (!await cloud.AnyAnswersAsync(interruption.Token))
                throw new LocalCloudException($"No storage of a local cloud at port {port} answers: start it with \"up\", or name its port with --cloud.");

            var region = cloud.Regions[options.Region - 1];
            await using var head = await CloudHead.JoinAsync(cloud, region, shared.Port, shared.Data, interruption.Token, options.Door);
            console.Line($"Ready: head in {region} on the cloud at port {port}");
            console.Line($"API: {new Uri(head.Address, "api")}");
            console.Line("Ctrl+C stops it; the cloud goes on.");
            await interruption.WaitAsync(shared.Cloud.Clock);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            console.Line("Stopped.");
        }

        return 0;
    }
}
