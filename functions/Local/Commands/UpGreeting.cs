using Serverless.Local.Cloud;
using Serverless.Local.FrontDoor;
using Serverless.Local.Head;
using Serverless.Local.Page;

namespace Serverless.Local.Commands;

/// <summary>What "up" says once it serves.</summary>
internal static class UpGreeting
{
    private const string Credentials = $"-H 'X-App-Key: {CloudHead.AppKey}' -H 'X-App-Secret: {CloudHead.AppSecret}'";

    /// <param name="console">Where.</param>
    /// <param name="cloud">The storage.</param>
    /// <param name="address">Of the API, without /api.</param>
    /// <param name="nodes">The members.</param>
    public static void Say(UpConsole console, LocalCloud cloud, Uri address, IReadOnlyList<string> nodes)
    {
        foreach (var region in cloud.UncleanRegions)
            console.Line($"{region} did not stop cleanly last time: its nodes lost writes");
        console.Line($"Ready: {cloud.Regions.Count} regions with {nodes.Count} nodes: {string.Join(", ", nodes)}");
        if (PageBuild.Locate().IsComplete)
            console.Line($"Chat: {address}, in as many windows as you like");
        console.Line($"API: {new Uri(address, "api")}");
        console.Line($"Inbox: {new Uri(address, "inbox")}, where notifications arrive");
        console.Line($"Try: curl -i -X PUT {new Uri(address, "api/kv/hello")} {Credentials} -H 'Content-Type: text/plain' -d world");
        console.Line("Ctrl+C stops everything.");
    }

    /// <summary>What there is more behind a front door.</summary>
    public static void Say(UpConsole console, LocalCloud cloud, RegionalCloud regional)
    {
        console.Line($"Front door: {regional.Address}, before {string.Join(", ", cloud.Regions.Zip(regional.HeadAddresses, (region, head) => $"{region} at {head}"))}");
        console.Line($"Probes: {regional.Rule}; see {new Uri(regional.Address, DoorEndpoints.Path)}");
        console.Line($"Lose a region: curl -i -X POST '{new Uri(regional.Address, $"{DoorEndpoints.Path}/{cloud.Regions[^1]}/kill?with=head")}' {Credentials}");
    }
}
