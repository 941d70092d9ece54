using System.Collections.Immutable;

namespace Serverless.Ring;

/// <summary>
/// The order in which the walk from each partition's start takes the nodes: round after round the nearest node of every region,
/// so the first N are the owners whatever N is (Dynamo 2007, §4.3, preference list; strategy 3 of §6.2, fixed partitions).
/// <para>
/// A node's place follows from (its rank within its region, its distance). A joiner pushes only nodes of its own region, and those
/// only backwards, so among the first N it takes one place and one node leaves: no partition ever moves between other nodes.
/// </para>
/// </summary>
internal static class RingWalk
{
    /// <summary>For each partition, one after another, the indexes of all nodes in walk order. Nodes are sorted by id.</summary>
    public static byte[] Of(ImmutableArray<RingNode> sortedNodes, int partitions)
    {
        var strata = new VirtualNodes.Strata(partitions);
        var virtualNodes = sortedNodes.Select(node => new VirtualNodes(node, strata)).ToArray();
        var regions = sortedNodes.Select(node => node.Region).Distinct().ToList();
        var regionOf = sortedNodes.Select(node => regions.IndexOf(node.Region)).ToArray();

        var count = sortedNodes.Length;
        var walk = new byte[partitions * count];
        var nearest = new ulong[count];
        var rank = new int[count];
        var met = new int[regions.Count];
        var roundStart = new int[count + 1];
        for (var partition = 0; partition < partitions; partition++)
        {
            // The index in the low byte breaks ties by node id.
            for (var i = 0; i < count; i++)
                nearest[i] = virtualNodes[i].Distance(partition) << 8 | (uint)i;
            nearest.AsSpan().Sort();

            Array.Clear(met);
            Array.Clear(roundStart);
            for (var i = 0; i < count; i++)
            {
                rank[i] = met[regionOf[(byte)nearest[i]]]++;
                roundStart[rank[i] + 1]++;
            }

            for (var round = 1; round < count; round++)
                roundStart[round] += roundStart[round - 1];

            // A counting sort: by round, and by distance within a round.
            var order = walk.AsSpan(partition * count, count);
            for (var i = 0; i < count; i++)
                order[roundStart[rank[i]]++] = (byte)nearest[i];
        }

        return walk;
    }
}
