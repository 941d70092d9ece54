using System.Text;
using System.Text.Json.Nodes;
using Serverless.Replication;

namespace Serverless.Tests.Replication;

public class ClusterDocumentTests
{
    private ulong _random = 100;

    private static ClusterDocument Six() => new(1, 1, 64, 3,
    [
        .. Enumerable.Range(1, 3).SelectMany(r => Enumerable.Range(1, 2).Select(n => new ClusterMember(
            $"r{r}n{n}", $"r{r}", 100, (ulong)((10 * r) + n), ClusterMember.TableOf((ulong)((10 * r) + n)), MemberState.Member))),
    ]);

    [Fact]
    public void The_stored_form_reads_back_and_anything_else_is_refused()
    {
        var document = Six();
        Assert.Equal(document.ToJson(), ClusterDocument.FromJson(document.ToJson())!.ToJson());
        Assert.Null(ClusterDocument.FromJson("no document"u8));
        Assert.Null(ClusterDocument.FromJson("{}"u8));
        Assert.Null(ClusterDocument.FromJson("""{"epoch":2,"nodes":[{"state":"FromTheFuture"}]}"""u8));
    }

    [Fact]
    public void A_region_keeps_its_place_whatever_happens_to_its_members()
    {
        Assert.Equal(["r1", "r2", "r3"], Six().Regions);
        var grown = Six() with { Regions = ["r1", "r2", "r3", "a0"], Nodes = [.. Six().Nodes.Skip(2)] };
        Assert.Equal(["r1", "r2", "r3", "a0"], ClusterDocument.FromJson(grown.Reincarnate(Ids("r2n1"), Next).ToJson())!.Regions);
    }

    [Fact]
    public void A_document_that_was_stored_without_regions_has_those_of_its_members()
    {
        var old = JsonNode.Parse(Six().ToJson())!;
        Assert.True(old.AsObject().Remove("regions"));
        Assert.Equal(["r1", "r2", "r3"], ClusterDocument.FromJson(Encoding.UTF8.GetBytes(old.ToJsonString()))!.Regions);
    }

    [Fact]
    public void A_node_that_lost_its_state_is_empty_and_does_not_vote_until_it_is_promoted()
    {
        var lost = Six().Reincarnate(Ids("r1n1"), Next);
        var member = lost.Nodes.Single(n => n.Id == "r1n1");
        Assert.Equal((2, MemberState.Refilling), (lost.Epoch, member.State));
        Assert.NotEqual(Six().Nodes[0].Table, member.Table);
        Assert.Equal(Six().Nodes.Skip(1), lost.Nodes.Skip(1));
        Assert.Equal(MemberState.Member, lost.Promote(Ids("r1n1"), Next).Nodes[0].State);
    }

    [Fact]
    public void A_node_that_keeps_an_older_state_votes_on_under_another_incarnation()
    {
        var member = Six().AcceptRollback(Ids("r1n1"), Next).Nodes[0];
        Assert.Equal((Six().Nodes[0].Table, MemberState.Member), (member.Table, member.State));
        Assert.NotEqual(Six().Nodes[0].Incarnation, member.Incarnation);
    }

    [Fact]
    public void One_region_can_be_lost_and_a_second_one_not_before_the_first_is_refilled()
    {
        var whole = Six();
        Assert.True(whole.CanLose(Ids("r1n1", "r1n2"), writeQuorum: 2));
        Assert.False(whole.CanLose(Ids("r1n1", "r1n2", "r2n1", "r2n2"), writeQuorum: 2));
        var refilling = whole.Reincarnate(Ids("r1n1", "r1n2"), Next);
        Assert.False(refilling.CanLose(Ids("r2n1", "r2n2"), writeQuorum: 2));
        Assert.True(refilling.Promote(Ids("r1n1", "r1n2"), Next).CanLose(Ids("r2n1", "r2n2"), writeQuorum: 2));
    }

    private static HashSet<string> Ids(params string[] ids) => [.. ids];

    private ulong Next() => _random++;
}
