using System.Text;

namespace Serverless.Replication;

/// <summary>How the last run of anti-entropy of one region went, or goes: kept on that region's nodes, for people to see.</summary>
/// <param name="Region">Whose jobs ran.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended; null while it runs, or when it was cut off.</param>
/// <param name="Due">Partitions that were its to compare.</param>
/// <param name="Report">What it did so far.</param>
internal sealed record SweepRecord(string Region, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, int Due, SweepReport Report)
{
    private const string Partition = "repair";

    /// <summary>Written to the first node of its region that takes it; whoever wrote last is seen.</summary>
    public async Task WriteAsync(ClusterView view, CancellationToken cancellationToken)
    {
        RowChange[] change = [new RowChange.Put(RowOf(Region), RowJson.Encode(this))];
        foreach (var node in NodesOf(view, Region))
        {
            if (await node.Replica.CommitAsync(Partition, change, cancellationToken) is RowCommit.Done)
                return;
        }
    }

    /// <summary>The record of every region that has one and can be asked.</summary>
    public static async Task<IReadOnlyList<SweepRecord>> ReadAllAsync(ClusterView view, CancellationToken cancellationToken)
    {
        var regions = view.Nodes.Values.Select(node => node.Region).Distinct().Order(StringComparer.Ordinal);
        var read = await Task.WhenAll(regions.SelectMany(region => NodesOf(view, region)).Select(async node =>
            await node.Replica.ReadAsync(Partition, RowOf(node.Region), cancellationToken) is RowRead.Found(var row) ? RowJson.TryDecode<SweepRecord>(row.Data) : null));
        return [.. read.OfType<SweepRecord>().GroupBy(record => record.Region, StringComparer.Ordinal).Select(same => same.MaxBy(record => record.StartedAt)!)];
    }

    private static IEnumerable<Node> NodesOf(ClusterView view, string region) =>
        view.Nodes.Values.Where(node => node.Region == region).OrderBy(node => node.Id, StringComparer.Ordinal);

    private static string RowOf(string region) => $"0.{ReplicaKey.Encode(Encoding.UTF8.GetBytes(region))}";
}
