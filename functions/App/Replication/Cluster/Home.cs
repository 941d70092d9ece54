using System.Globalization;
using System.Text;

namespace Serverless.Replication;

/// <summary>
/// The one table in which something is counted: a node in one incarnation, told from the ring in force so that all instances agree. It changes when the node loses its state,
/// or once per change of membership: when the ring after it comes into force.
/// </summary>
/// <param name="Node">Where the table is.</param>
internal sealed record Home(Node Node)
{
    /// <summary>Names the table for ever.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Node.Id}/{Node.Incarnation:x16}");

    /// <summary>Where a region counts: its first node, or, in a region without nodes, the first of all.</summary>
    public static Home OfRegion(ClusterView view, string region) => new(
        view.Placed.OrderBy(n => n.Region != region).ThenBy(n => n.Region, StringComparer.Ordinal).ThenBy(n => n.Id, StringComparer.Ordinal).First());

    /// <summary>Where all regions together count: the first owner of the key.</summary>
    public static Home OfKey(ClusterView view, ReplicaKey key) => new(view.Owners(key)[0]);

    /// <summary>The PartitionKey of what is counted there. A node that went back to an older state is another incarnation, and begins another partition; what the old one held is deleted.</summary>
    public string Partition(string what) => string.Create(
        CultureInfo.InvariantCulture, $"{PartitionNames.Sole}{ReplicaKey.Encode(Encoding.UTF8.GetBytes(what))}.{Node.Incarnation:x16}");

    /// <summary>
    /// A row there. In a table that has none, since it was lost or nobody ever asked, whoever is first inserts what counting begins with. That must allow nothing to be handed out: the
    /// mark is raised only when the row is there, so those who open at the same time all read the mark as it was.
    /// </summary>
    /// <param name="partition">As <see cref="Partition"/> names it.</param>
    /// <param name="row">The row.</param>
    /// <param name="opening">What counting begins with; null when that cannot be told.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RowRead> ReadOrOpenAsync(string partition, string row, Func<Task<byte[]?>> opening, CancellationToken cancellationToken)
    {
        var read = await Node.Replica.ReadAsync(partition, row, cancellationToken);
        if (read is not RowRead.Missing || await opening() is not { } first)
            return read;
        await Node.Replica.CommitAsync(partition, [new RowChange.Insert(row, first)], cancellationToken);
        return await Node.Replica.ReadAsync(partition, row, cancellationToken);
    }
}
