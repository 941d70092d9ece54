using System.Text.Json;

namespace Serverless.Tests.EndToEnd;

/// <summary>The nodes by id, as one head shows them.</summary>
internal sealed class ClusterState(Dictionary<string, NodeState> nodes)
{
    public IReadOnlyDictionary<string, NodeState> Nodes => nodes;

    /// <summary>Whether every node holds what it acknowledged.</summary>
    public bool AllVote => nodes.Values.All(node => node.State == "member");

    public static async Task<ClusterState> ReadAsync(HttpClient service)
    {
        using var cluster = JsonDocument.Parse(
            await service.GetStringAsync(new Uri("api/cluster", UriKind.Relative), TestContext.Current.CancellationToken));
        return new(cluster.RootElement.GetProperty("nodes").EnumerateArray().ToDictionary(
            node => node.GetProperty("id").GetString()!,
            node => new NodeState(
                node.GetProperty("region").GetString()!, node.GetProperty("incarnation").GetString()!, node.GetProperty("state").GetString()!)));
    }

    /// <summary>Whether every node of a region is another incarnation than it was.</summary>
    public bool IsReborn(string region, ClusterState before) =>
        nodes.Where(node => node.Value.Region == region).All(node => node.Value.Incarnation != before.Nodes[node.Key].Incarnation);
}

internal sealed record NodeState(string Region, string Incarnation, string State);
