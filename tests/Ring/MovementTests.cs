using CsCheck;
using Serverless.Ring;

namespace Serverless.Tests.Ring;

/// <summary>A change moves partitions to or from the node that changed, never between others: in one region and in several alike.</summary>
public class MovementTests
{
    [Fact]
    public void Join_AnyRing_MovesPartitionsOnlyToTheJoiner() =>
        Gen.Select(RingGen.Ring, RingGen.Node(5)).Where((ring, node) => ring.Nodes.All(other => other.Id != node.Id)).Sample(
            (ring, node) => OnlyTo(node.Id, ring, ring.Join(node)));

    [Fact]
    public void Leave_AnyRing_MovesPartitionsOnlyFromTheLeaver() =>
        RingWithNode.Where((ring, _) => ring.Nodes.Length > 1).Sample((ring, id) => OnlyTo(id, ring.Leave(id), ring));

    [Fact]
    public void Reweigh_Up_MovesPartitionsOnlyToTheNode() =>
        Gen.Select(RingWithNode, RingGen.Weight).Sample((chosen, weight) =>
        {
            var (ring, id) = chosen;
            var other = ring.Reweigh(id, weight);
            return weight >= ring.Nodes.Single(node => node.Id == id).Weight ? OnlyTo(id, ring, other) : OnlyTo(id, other, ring);
        });

    // The least that can move is the joiner's fair share.
    [Fact]
    public void Join_EqualNodes_MovesLittleMoreThanTheLeastPossible() =>
        Gen.Select(Gen.Const(1024), Gen.Int[1, 5]).SelectMany((partitions, regions) => RingGen.TenEqual(regions, partitions)).Sample(
            ring =>
            {
                var moved = ring.Join(new RingNode("the-joiner", "region-0")).Owned()["the-joiner"];
                var regions = ring.Nodes.Select(node => node.Region).Distinct().Count();
                var inRegion = ring.Nodes.Count(node => node.Region == "region-0") + 1;

                // In up to as many regions as copies, every region holds the same.
                var least = regions >= 4 ? 1024 * 3 / 11.0 : 1024 * 3.0 / regions / inRegion;
                return moved <= 1.2 * least + 10;
            },
            iter: 30, print: RingGen.Print);

    [Fact]
    public void Leave_EqualNodes_SpreadsTheLoadOverAllSurvivors() =>
        RingGen.TenEqual(regions: 1, partitions: 4096).Sample(
            ring =>
            {
                var leaver = ring.Nodes[0].Id;
                var (before, after) = (ring.Owned(), ring.Leave(leaver).Owned());
                var largest = after.Max(node => node.Value - before[node.Key]);
                return largest <= 0.15 * before[leaver];
            },
            iter: 20, print: RingGen.Print);

    private static readonly Gen<(HashRing Ring, string Id)> RingWithNode =
        Gen.Select(RingGen.Ring, Gen.Int[0, HashRing.MaxNodes], (ring, pick) => (ring, ring.Nodes[pick % ring.Nodes.Length].Id));

    // At most one member of a preference list changes, and the new member is the node.
    private static bool OnlyTo(string id, HashRing before, HashRing after) =>
        Enumerable.Range(0, before.Partitions).All(partition =>
        {
            var (old, now) = (before.OwnerIds(partition), after.OwnerIds(partition));
            return now.Except(old).All(member => member == id) && old.Except(now).Count() <= 1;
        });
}
