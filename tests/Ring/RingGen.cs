using CsCheck;
using Serverless.Ring;

namespace Serverless.Tests.Ring;

/// <summary>Random rings and what the laws ask of them. CsCheck prints the seed and the smallest ring that breaks a law.</summary>
internal static class RingGen
{
    public static readonly Gen<string> Id = Gen.String[Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789-"], 6, 12];

    public static readonly Gen<int> Weight = Gen.Int[1, RingNode.MaxWeight];

    public static Gen<RingNode> Node(int regions) =>
        Gen.Select(Id, Gen.Int[1, regions], Weight, (id, region, weight) => new RingNode(id, $"region-{region}", weight));

    /// <summary>1 to 14 nodes of any weight in up to 5 regions, sizes as they fall; 1 to 7 copies.</summary>
    public static readonly Gen<HashRing> Ring =
        from regions in Gen.Int[1, 5]
        from nodes in Node(regions).Array[1, 14]
        from partitions in Gen.OneOf(Gen.Const(1), Gen.Const(10), Gen.Const(64), Gen.Const(100))
        from copies in Gen.Int[1, HashRing.MaxCopies]
        select HashRing.Create(nodes.DistinctBy(node => node.Id), partitions, copies);

    /// <summary>Ten nodes of equal weight with random ids, dealt to the regions in turn.</summary>
    public static Gen<HashRing> TenEqual(int regions, int partitions) =>
        Id.HashSet[10].Select(ids => HashRing.Create(ids.Select((id, i) => new RingNode(id, $"region-{i % regions}")), partitions));

    public static string Print(HashRing ring) => $"{ring.Partitions} partitions, {ring.Copies} copies, {string.Join(", ", ring.Nodes)}";

    public static string[] OwnerIds(this HashRing ring, int partition) => Array.ConvertAll(ring.Owners(partition).ToArray(), node => node.Id);

    public static string[] WalkIds(this HashRing ring, int partition) =>
        [.. ring.OwnerIds(partition), .. ring.Fallbacks(partition).Select(node => node.Id)];

    /// <summary>Partitions that each node holds a copy of.</summary>
    public static Dictionary<string, int> Owned(this HashRing ring)
    {
        var owned = ring.Nodes.ToDictionary(node => node.Id, _ => 0);
        for (var partition = 0; partition < ring.Partitions; partition++)
        {
            foreach (var id in ring.OwnerIds(partition))
                owned[id]++;
        }

        return owned;
    }
}
