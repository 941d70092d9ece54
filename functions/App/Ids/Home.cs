using System.Globalization;
using System.Text;
using Serverless.Replication;

namespace Serverless.Ids;

/// <summary>
/// The one table in which something is counted: a node in one incarnation, told from the membership alone so that all instances agree. It changes when the node loses its state,
/// or when members come and go.
/// </summary>
/// <param name="Node">Where the table is.</param>
internal sealed record Home(Node Node)
{
    /// <summary>Names the table for ever.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Node.Id}/{Node.Incarnation:x16}");

    /// <summary>Where a region counts: its first node, or, in a region without nodes, the first of all.</summary>
    public static Home OfRegion(ClusterView view, string region) => new(
        view.Nodes.Values.OrderBy(n => n.Region != region).ThenBy(n => n.Region, StringComparer.Ordinal).ThenBy(n => n.Id, StringComparer.Ordinal).First());

    /// <summary>Where all regions together count: the first owner of the key.</summary>
    public static Home OfKey(ClusterView view, ReplicaKey key) => new(view.Owners(key)[0]);

    /// <summary>The PartitionKey of what is counted there. A node that went back to an older state is another incarnation, and begins another partition; what the old one held is deleted.</summary>
    public string Partition(string what) => string.Create(
        CultureInfo.InvariantCulture, $"{PartitionNames.Sole}{ReplicaKey.Encode(Encoding.UTF8.GetBytes(what))}.{Node.Incarnation:x16}");
}
