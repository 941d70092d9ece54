using Serverless.Ring;

namespace Serverless.Bench.Ring;

/// <summary>What a ring gives each node, counted in copies of partitions.</summary>
internal static class Placement
{
    public static Dictionary<string, int> Owned(HashRing ring)
    {
        var owned = ring.Nodes.ToDictionary(node => node.Id, _ => 0);
        for (var partition = 0; partition < ring.Partitions; partition++)
        {
            foreach (var owner in ring.Owners(partition))
                owned[owner.Id]++;
        }

        return owned;
    }

    public static int Moved(HashRing before, HashRing after) =>
        Enumerable.Range(0, before.Partitions).Sum(p => after.Owners(p).ToArray().Except(before.Owners(p).ToArray()).Count());
}
