using CsCheck;
using Serverless.Replication;
using Serverless.Ring;

namespace Serverless.Tests.Replication;

public class MembershipStepsTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private ulong _random = 100;

    [Fact]
    public void A_node_that_came_and_went_leaves_every_partition_with_its_owners() => Gen.Select(Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 300]).Sample((perRegion, region, weight) =>
    {
        var before = Founded(perRegion);
        var joined = Finished(Changed(MembershipSteps.Join(before, new RingNode("new", $"r{region}", weight), null, Now, Next)));
        if (region <= 3)
            Assert.Equal(Owners(before), Owners(Finished(Changed(MembershipSteps.Leave(joined, "new", Now, Next)))));
    }, iter: 30);

    [Fact]
    public void A_move_changes_at_most_one_owner_of_a_partition_and_counts_both_until_the_switch() => Gen.Select(Gen.Int[2, 3], Gen.Int[0, 2], Gen.Int[1, 300]).Sample((perRegion, kind, weight) =>
    {
        var before = Founded(perRegion);
        var joint = Changed(kind switch
        {
            0 => MembershipSteps.Join(before, new RingNode("new", "r2", weight), null, Now, Next),
            1 => MembershipSteps.Leave(before, "r1n1", Now, Next),
            _ => MembershipSteps.Reweigh(before, "r1n1", weight == 100 ? 101 : weight, Now, Next),
        });
        var dropping = MembershipSteps.Switch(joint, joint.Move!, Now, Next)!;
        Assert.Equal(Owners(before), Owners(joint));
        Assert.Equal(joint.ToNextRing()!.Nodes, dropping.ToRing().Nodes);
        Assert.Equal(before.ToRing().Nodes, dropping.ToFormerRing()!.Nodes);
        Assert.Equal(Owners(dropping), Owners(Finished(joint)));
        Assert.All(Owners(before).Zip(Owners(dropping)), moved => Assert.True(moved.Second.Split(',').Except(moved.First.Split(',')).Count() <= 1));
        Assert.Equal(joint.ToJson(), ClusterDocument.FromJson(joint.ToJson())!.ToJson());
    }, iter: 30);

    [Fact]
    public void A_region_that_is_new_comes_last_and_a_joiner_begins_empty_and_votes()
    {
        var joint = Changed(MembershipSteps.Join(Founded(1), new RingNode("a0", "east", 50), new Uri("http://a0"), Now, Next));
        var member = joint.Nodes.Single(n => n.Id == "a0");
        Assert.Equal(["r1", "r2", "r3", "east"], joint.Regions);
        Assert.Equal((MemberState.Member, ClusterMember.TableOf(member.Incarnation), new Uri("http://a0")), (member.State, member.Table, member.Endpoint));
        Assert.DoesNotContain(joint.ToRing().Nodes, node => node.Id == "a0");
    }

    [Fact]
    public void A_leaver_is_a_member_until_the_end_and_a_weight_holds_from_the_switch_on()
    {
        var leaving = Changed(MembershipSteps.Leave(Founded(2), "r1n1", Now, Next));
        var left = MembershipSteps.Switch(leaving, leaving.Move!, Now, Next)!;
        Assert.Contains(left.Nodes, n => n.Id == "r1n1");
        Assert.DoesNotContain(left.ToRing().Nodes, n => n.Id == "r1n1");
        Assert.DoesNotContain(Finished(leaving).Nodes, n => n.Id == "r1n1");

        var heavier = Changed(MembershipSteps.Reweigh(Founded(2), "r1n1", 300, Now, Next));
        Assert.Equal(100, heavier.ToRing().Nodes.Single(n => n.Id == "r1n1").Weight);
        Assert.Equal(300, MembershipSteps.Switch(heavier, heavier.Move!, Now, Next)!.ToRing().Nodes.Single(n => n.Id == "r1n1").Weight);
        Assert.Equal(300, Finished(heavier).Nodes.Single(n => n.Id == "r1n1").Weight);
    }

    [Fact]
    public void What_cannot_be_done_is_refused_with_its_reason()
    {
        var six = Founded(2);
        Refused(MembershipRefusal.UnknownNode, MembershipSteps.Leave(six, "nobody", Now, Next));
        Refused(MembershipRefusal.UnknownNode, MembershipSteps.Reweigh(six, "nobody", 1, Now, Next));
        Refused(MembershipRefusal.IdTaken, MembershipSteps.Join(six, new RingNode("r1n1", "r1"), null, Now, Next));
        Refused(MembershipRefusal.Invalid, MembershipSteps.Join(six, new RingNode("no name", "r1"), null, Now, Next));
        Refused(MembershipRefusal.Invalid, MembershipSteps.Reweigh(six, "r1n1", 0, Now, Next));
        Refused(MembershipRefusal.Invalid, MembershipSteps.Reweigh(six, "r1n1", 100, Now, Next));
        Refused(MembershipRefusal.LastOfRegion, MembershipSteps.Leave(Founded(1), "r1n1", Now, Next));
        Refused(MembershipRefusal.TooFewNodes, MembershipSteps.Leave(six with { Nodes = [.. six.Nodes.Take(3)] }, "r1n1", Now, Next));
        Refused(MembershipRefusal.UnderWay, MembershipSteps.Leave(Changed(MembershipSteps.Leave(six, "r1n1", Now, Next)), "r2n1", Now, Next));
        Refused(MembershipRefusal.Refilling, MembershipSteps.Leave(six.Reincarnate(new HashSet<string>(["r2n1"]), Next), "r1n1", Now, Next));
    }

    [Fact]
    public void No_phase_ends_while_a_member_is_being_refilled_or_for_another_move()
    {
        var joint = Changed(MembershipSteps.Leave(Founded(2), "r1n1", Now, Next));
        Assert.Null(MembershipSteps.Switch(joint.Reincarnate(new HashSet<string>(["r2n1"]), Next), joint.Move!, Now, Next));
        Assert.Null(MembershipSteps.Switch(joint, joint.Move! with { Since = Now.AddSeconds(1) }, Now, Next));
        Assert.Null(MembershipSteps.Finish(joint, joint.Move!, Next));
        var dropping = MembershipSteps.Switch(joint, joint.Move!, Now, Next)!;
        Assert.Null(MembershipSteps.Switch(dropping, joint.Move!, Now, Next));
        Assert.Null(MembershipSteps.Finish(dropping.Reincarnate(new HashSet<string>(["r2n1"]), Next), dropping.Move!, Next));
    }

    private static ClusterDocument Founded(int perRegion) => new(1, 1, 64, 3,
    [
        .. Enumerable.Range(1, 3).SelectMany(r => Enumerable.Range(1, perRegion).Select(n => new ClusterMember(
            $"r{r}n{n}", $"r{r}", 100, (ulong)((10 * r) + n), ClusterMember.TableOf((ulong)((10 * r) + n)), MemberState.Member))),
    ]);

    private static IReadOnlyList<string> Owners(ClusterDocument document)
    {
        var ring = document.ToRing();
        return [.. Enumerable.Range(0, ring.Partitions).Select(p => string.Join(',', ring.Owners(p).ToArray().Select(n => n.Id)))];
    }

    private static ClusterDocument Changed(MembershipResult result) => Assert.IsType<MembershipResult.Changed>(result).Document;

    private static void Refused(MembershipRefusal why, MembershipResult result)
    {
        var refused = Assert.IsType<MembershipResult.Refused>(result);
        Assert.Equal(why, refused.Why);
        Assert.EndsWith(".", refused.Sentence, StringComparison.Ordinal);
    }

    private ClusterDocument Finished(ClusterDocument joint)
    {
        var dropping = MembershipSteps.Switch(joint, joint.Move!, Now, Next)!;
        return MembershipSteps.Finish(dropping, dropping.Move!, Next)!;
    }

    private ulong Next() => Interlocked.Increment(ref _random);
}
