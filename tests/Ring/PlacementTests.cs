using CsCheck;
using Serverless.Ring;

namespace Serverless.Tests.Ring;

public class PlacementTests
{
    [Fact]
    public void Owners_AnyRing_AreAsManyDistinctNodesAsCopies() =>
        RingGen.Ring.Sample(
            ring =>
            {
                for (var partition = 0; partition < ring.Partitions; partition++)
                {
                    var owners = ring.OwnerIds(partition);
                    if (owners.Length != Math.Min(ring.Copies, ring.Nodes.Length) || owners.Distinct().Count() != owners.Length)
                        return false;
                }

                return true;
            },
            print: RingGen.Print);

    [Fact]
    public void Walk_AnyRing_MeetsEveryNodeOnce() =>
        RingGen.Ring.Sample(
            ring => Enumerable.Range(0, ring.Partitions).All(
                partition => ring.WalkIds(partition).Order(StringComparer.Ordinal).SequenceEqual(ring.Nodes.Select(node => node.Id))),
            print: RingGen.Print);

    [Fact]
    public void Owners_AnyRing_AreInDistinctRegionsWhileThereAreEnough() =>
        RingGen.Ring.Sample(
            ring =>
            {
                var regions = ring.Nodes.Select(node => node.Region).Distinct().Count();
                return Enumerable.Range(0, ring.Partitions).All(partition =>
                {
                    var first = ring.Owners(partition).ToArray().Take(regions).ToList();
                    return first.DistinctBy(node => node.Region).Count() == first.Count;
                });
            },
            print: RingGen.Print);

    // A region holds two copies more than another only when the other has no more nodes.
    [Fact]
    public void Owners_MoreCopiesThanRegions_AreSpreadAsEvenlyAsNodesAllow() =>
        RingGen.Ring.Sample(
            ring =>
            {
                var sizes = ring.Nodes.CountBy(node => node.Region).ToDictionary();
                return Enumerable.Range(0, ring.Partitions).All(partition =>
                {
                    var held = ring.Owners(partition).ToArray().CountBy(node => node.Region).ToDictionary();
                    var most = held.Values.Max();
                    return sizes.All(region => held.GetValueOrDefault(region.Key) >= Math.Min(most - 1, region.Value));
                });
            },
            print: RingGen.Print);

    [Fact]
    public void Owners_OneCopyMore_AppendsOneOwner() =>
        RingGen.Ring.Where(ring => ring.Copies < HashRing.MaxCopies).Sample(
            ring =>
            {
                var more = HashRing.Create(ring.Nodes, ring.Partitions, ring.Copies + 1);
                return Enumerable.Range(0, ring.Partitions).All(
                    partition => more.OwnerIds(partition).Take(ring.Copies).SequenceEqual(ring.OwnerIds(partition)));
            },
            print: RingGen.Print);

    [Fact]
    public void PartitionOf_Key_IsThatOfItsHash() =>
        Gen.Select(RingGen.Ring, Gen.String[0, 20]).Sample(
            (ring, key) => ring.PartitionOf(key) == KeyHash.PartitionOf(KeyHash.Of(key), ring.Partitions)
                           && ring.PartitionOf(System.Text.Encoding.UTF8.GetBytes(key)) == ring.PartitionOf(key));

    [Fact]
    public void Owners_NoSuchPartition_Throws()
    {
        var ring = HashRing.Create([new RingNode("a", "r")], partitions: 8);
        Assert.Throws<ArgumentOutOfRangeException>(() => ring.Owners(8).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => ring.Owners(-1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => ring.Fallbacks(8).Length);
    }
}
