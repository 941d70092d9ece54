using System.Globalization;

namespace Serverless.Replication;

/// <summary>
/// How far one phase of a move is with one partition: kept on the partition's first healthy owner, so that a run that ended early is resumed by whoever comes next.
/// </summary>
/// <param name="Phase">Names the phase of the move, and the incarnations of all members: what was done with others does not count.</param>
/// <param name="LeaseEnd">Until when a run has the partition to itself: whoever changed the row under its ETag.</param>
/// <param name="CopiedTo">The last key's row that was copied; empty before the first.</param>
/// <param name="Done">Nothing of the phase is left to be done here.</param>
internal sealed record MoveRecord(string Phase, DateTimeOffset LeaseEnd, string CopiedTo, bool Done)
{
    /// <summary>The PartitionKey of these rows on each node.</summary>
    public const string Partition = "moves";

    private const string First = "0.";
    private const string End = "0/";
    private const int PageRows = 1_000;

    /// <summary>Names the phase of the move that is under way.</summary>
    public static string PhaseOf(ClusterView view)
    {
        var move = view.Document.Move!;
        var incarnations = string.Join('.', view.Document.Nodes.Select(node => node.Incarnation.ToString("x", CultureInfo.InvariantCulture)));
        return string.Create(CultureInfo.InvariantCulture, $"{move.Kind}/{move.Node}/{move.Weight}/{move.Phase}/{move.Since:O}/{incarnations}");
    }

    /// <summary>What the node has of a partition, and the row's ETag or null when there is none; null when the node does not answer.</summary>
    public static async Task<(MoveRecord Record, string? ETag)?> ReadAsync(Node node, string partition, string phase, CancellationToken cancellationToken) =>
        await RowJson.ReadAsync(node, Partition, First + partition, None(phase), cancellationToken) is { } row
            ? (row.Value.Phase == phase ? row.Value : None(phase), row.ETag)
            : null;

    /// <summary>The partitions with which a phase is done, as far as one node knows; null when it does not answer.</summary>
    public static async Task<IReadOnlyList<string>?> DoneAsync(Node node, string phase, CancellationToken cancellationToken)
    {
        var done = new List<string>();
        for (var from = First; ;)
        {
            if (await node.Replica.ListAsync(Partition, from, End, PageRows, cancellationToken) is not RowList.Page(var rows))
                return null;
            done.AddRange(rows.Where(row => RowJson.TryDecode<MoveRecord>(row.Data) is { Done: true } record && record.Phase == phase).Select(row => row.Name[First.Length..]));
            if (rows.Count < PageRows)
                return done;
            from = rows[^1].Name + "-";
        }
    }

    /// <summary>The new ETag; null when somebody else changed the row, or the node does not answer.</summary>
    public Task<string?> WriteAsync(Node node, string partition, string? etag, CancellationToken cancellationToken) =>
        RowJson.WriteAsync(node, Partition, First + partition, this, etag, cancellationToken);

    private static MoveRecord None(string phase) => new(phase, default, "", false);
}
