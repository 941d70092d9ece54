using System.Runtime.InteropServices;
using Microsoft.Azure.Functions.Worker;
using Serverless.Local.Cloud;
using Serverless.Local.Inbox;

namespace Serverless.Local.Commands;

/// <summary>"doctor": what the local cloud needs and finds on this machine. Exit code 1 when something keeps it from starting.</summary>
internal static class DoctorCommand
{
    public static async Task<int> RunAsync(UpOptions options, TextWriter output)
    {
        var node = await NodeRuntime.VersionAsync("node", CancellationToken.None);
        var npm = await NodeRuntime.VersionAsync(NodeRuntime.Npm, CancellationToken.None);
        var azurite = AzuriteInstallation.Locate();
        await LineAsync(output, ".NET SDK", await NodeRuntime.VersionAsync("dotnet", CancellationToken.None) ?? "not found");
        await LineAsync(output, ".NET runtime", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}");
        await LineAsync(output, "Node.js", NodeRuntime.Problem(node) ?? node!);
        await LineAsync(output, "npm", npm ?? "not found: install Node.js with npm from https://nodejs.org");
        var place = azurite.IsComplete ? $"in {azurite.Folder}" : "installed by the first start";
        await LineAsync(output, "Azurite", $"{AzuriteInstallation.Version}, {place}");
        await LineAsync(output, "Azure packages", AzurePackages());
        await LineAsync(output, "Data", StorageState.Describe(options.Cloud));
        var portsFree = await PortsAsync(options, output);
        return NodeRuntime.Problem(node) is null && (npm is not null || azurite.IsComplete) && portsFree ? 0 : 1;
    }

    private static async Task<bool> PortsAsync(UpOptions options, TextWriter output)
    {
        if (options.Port == 0)
            return true;
        var ports = RegionLayout.AllPorts(options.Cloud);
        var taken = ports.Where(port => !FreePorts.IsFree(port)).ToList();
        if (taken.Count == 0)
            await LineAsync(output, "Ports", $"{ports[0]}, {ports[1]} to {ports[LocalProviders.PortCount]} and {ports[LocalProviders.PortCount + 1]} to {ports[^1]} are free");
        foreach (var port in taken)
            await LineAsync(output, $"Port {port}", $"taken; {await PortOwner.DescribeAsync(port)}");
        return taken.Count == 0;
    }

    private static string AzurePackages() => typeof(FunctionContext).Assembly.GetName().Name == "Serverless.Offline"
        ? "missing from the package sources; built against declarations, enough to run locally but not to publish"
        : "used; the app can be published from here";

    private static Task LineAsync(TextWriter output, string name, string value) => output.WriteLineAsync($"{name,-15} {value}");
}
