using System.Globalization;
using System.Text.Json;
using Serverless.Local.Cloud;

namespace Serverless.Local.Client;

/// <summary>The ring as GET /cluster shows it.</summary>
/// <param name="Nodes">The ids of each region's nodes, both by name.</param>
/// <param name="Partitions">How many each node owns.</param>
/// <param name="Move">The change of membership that is under way; null when none is.</param>
internal sealed record RingShape(IReadOnlyList<(string Region, IReadOnlyList<string> Ids)> Nodes, IReadOnlyDictionary<string, int> Partitions, RingMove? Move)
{
    public static RingShape Of(JsonElement cluster)
    {
        var nodes = cluster.GetProperty("nodes").EnumerateArray().ToList();
        return new RingShape(
            [
                .. nodes.GroupBy(node => node.GetProperty("region").GetString()!, Id).OrderBy(region => region.Key, StringComparer.Ordinal)
                    .Select(region => (region.Key, (IReadOnlyList<string>)[.. region.Order(StringComparer.Ordinal)])),
            ],
            nodes.ToDictionary(Id, node => node.GetProperty("partitions").GetInt32()),
            cluster.GetProperty("move") is { ValueKind: JsonValueKind.Object } move ? RingMove.Of(move) : null);
    }

    /// <summary>The node of a local cloud that joins a region next; null when it has all that there can be.</summary>
    public string? Next(string region) => Enumerable.Range(0, LocalCloudOptions.MaxNodes)
        .Select(i => string.Create(CultureInfo.InvariantCulture, $"{region}-{(char)('a' + i)}"))
        .FirstOrDefault(id => !Partitions.ContainsKey(id));

    private static string Id(JsonElement node) => node.GetProperty("id").GetString()!;
}

/// <summary>A change of membership that is under way.</summary>
/// <param name="Kind">join, leave or reweigh.</param>
/// <param name="Node">Which node.</param>
/// <param name="Phase">joint or dropping.</param>
/// <param name="Partitions">Whose owners change; null when no node tells.</param>
/// <param name="Done">With which the phase is done.</param>
internal sealed record RingMove(string Kind, string Node, string Phase, int? Partitions, int? Done)
{
    public static RingMove Of(JsonElement move) => new(
        move.GetProperty("kind").GetString()!, move.GetProperty("node").GetString()!, move.GetProperty("phase").GetString()!,
        move.GetProperty("partitions").Deserialize<int?>(), move.GetProperty("partitionsDone").Deserialize<int?>());

    /// <summary>For people.</summary>
    public override string ToString()
    {
        var verb = Kind switch { "join" => "joins", "leave" => "leaves", _ => "is reweighed" };
        var what = Phase == "joint" ? "copied and compared" : "dropped where they were";
        return string.Create(CultureInfo.InvariantCulture, $"{Node} {verb}: {Done} of {Partitions} partitions {what}");
    }
}
