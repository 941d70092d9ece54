using Serverless.Local.Cloud;

namespace Serverless.Tests.Local;

public class CloudLayoutTests
{
    [Fact]
    public void Ports_follow_from_the_port_of_the_head()
    {
        var regions = RegionLayout.FromPort(3, 2, 7071);

        Assert.Equal([7171, 7172, 7173, 7181, 7182, 7183, 7191, 7192, 7193], regions.SelectMany(region => region.Ports));
    }

    [Fact]
    public void Names_and_keys_are_the_same_everywhere()
    {
        var node = RegionLayout.FromPort(1, 2, 7071)[0].Nodes[1];

        Assert.Equal(("local-1-b", "local-1", "r1n2"), (node.Id, node.Region, node.Account));
        Assert.Equal(new Uri("http://127.0.0.1:7173/r1n2"), node.TableEndpoint);
        Assert.Equal(64, Convert.FromBase64String(node.Key).Length);
        Assert.Equal(node, RegionLayout.FromPort(9, 9, 7071)[0].Nodes[1]);
    }

    [Fact]
    public void The_highest_port_leaves_room_for_nine_regions() =>
        Assert.All(
            RegionLayout.AllPorts(new() { Regions = 9, Port = LocalCloudOptions.MaxPort }), port => Assert.InRange(port, 1, ushort.MaxValue));

    [Theory]
    [InlineData(0, 2, 7071, "regions")]
    [InlineData(10, 2, 7071, "regions")]
    [InlineData(3, 0, 7071, "nodes")]
    [InlineData(3, 10, 7071, "nodes")]
    [InlineData(3, 2, -1, "port")]
    [InlineData(3, 2, 65_500, "port")]
    public void Options_out_of_bounds_are_named(int regions, int nodes, int port, string named) =>
        Assert.Contains(
            named, new LocalCloudOptions { Regions = regions, NodesPerRegion = nodes, Port = port }.Problem(), StringComparison.Ordinal);

    [Fact]
    public void Default_options_are_within_bounds() => Assert.Null(new LocalCloudOptions().Problem());

    [Theory]
    [InlineData(null, "not found")]
    [InlineData("v18.20.1", "too old")]
    [InlineData("unreadable", "too old")]
    public void A_Node_that_cannot_be_used_is_refused_with_what_to_do(string? version, string reason)
    {
        var problem = NodeRuntime.Problem(version);

        Assert.Contains(reason, problem, StringComparison.Ordinal);
        Assert.Contains("https://nodejs.org", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v20.0.0")]
    [InlineData("v24.1.0")]
    public void A_recent_Node_is_accepted(string version) => Assert.Null(NodeRuntime.Problem(version));
}
