using CsCheck;
using Serverless.Ring;

namespace Serverless.Tests.Ring;

public class HistoryTests
{
    [Fact]
    public void Create_AnyOrderOfNodes_GivesTheSameRing() =>
        Gen.Select(RingGen.Ring, Gen.Int).Sample(
            (ring, seed) => Same(ring, HashRing.Create(Shuffled(ring.Nodes, seed), ring.Partitions, ring.Copies)));

    [Fact]
    public void JoinAndLeave_AnyHistory_GivesTheSameRing() =>
        Gen.Select(RingGen.Ring, RingGen.Ring, Gen.Int).Sample((ring, guests, seed) =>
        {
            // Grows from one guest: the nodes arrive in any order and at another weight, other guests come and go between.
            var visitors = guests.Nodes.Select(node => node with { Id = $"guest-{node.Id}" }).ToArray();
            var grown = HashRing.Create([visitors[0]], ring.Partitions, ring.Copies);
            foreach (var node in Shuffled([.. ring.Nodes, .. visitors[1..]], seed))
                grown = grown.Join(node with { Weight = RingNode.DefaultWeight });
            foreach (var visitor in Shuffled(visitors, seed))
                grown = grown.Leave(visitor.Id);
            foreach (var node in Shuffled(ring.Nodes, seed))
                grown = grown.Reweigh(node.Id, node.Weight);
            return Same(ring, grown);
        });

    [Fact]
    public void EveryChange_RaisesTheEpochByOne()
    {
        var ring = HashRing.Create([new RingNode("a", "r"), new RingNode("b", "r")], epoch: 7);
        Assert.Equal(8, ring.Join(new RingNode("c", "r")).Epoch);
        Assert.Equal(8, ring.Leave("a").Epoch);
        Assert.Equal(8, ring.Reweigh("a", 50).Epoch);
        Assert.Equal(7, ring.Epoch);
    }

    private static RingNode[] Shuffled(IEnumerable<RingNode> nodes, int seed)
    {
        var shuffled = nodes.ToArray();
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }

    private static bool Same(HashRing a, HashRing b) =>
        a.Nodes.SequenceEqual(b.Nodes)
        && Enumerable.Range(0, a.Partitions).All(partition => a.WalkIds(partition).SequenceEqual(b.WalkIds(partition)));
}
