using Azure.Storage.Queues;

namespace Serverless.Tests.Local;

public class CloudSharedTests(SharedCloud shared)
{
    [Fact]
    public async Task Three_regions_with_two_nodes_start_clean()
    {
        var cloud = shared.Cloud;

        Assert.Equal(["local-1", "local-2", "local-3"], cloud.Regions);
        Assert.Equal(["local-1-a", "local-1-b", "local-2-a", "local-2-b", "local-3-a", "local-3-b"], cloud.Nodes.Select(node => node.Id));
        Assert.Empty(cloud.UncleanRegions);
        Assert.All(cloud.Regions, region => Assert.NotNull(cloud.ProcessId(region)));
    }

    [Fact]
    public async Task Every_node_keeps_its_own_tables()
    {
        var cloud = shared.Cloud;

        await new CloudTable(cloud.Nodes[0]).WriteAsync(3);

        Assert.Equal(3, await new CloudTable(cloud.Nodes[0]).CountAsync());
        Assert.Null(await new CloudTable(cloud.Nodes[1]).CountAsync());
        Assert.Null(await new CloudTable(cloud.Nodes[2]).CountAsync());
    }

    [Fact]
    public async Task Queues_answer_at_a_region_s_connection_string()
    {
        var cloud = shared.Cloud;
        var queue = new QueueClient(cloud.StorageConnectionString("local-2"), "cloud-shared-tests");

        await queue.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        await queue.SendMessageAsync("hello", TestContext.Current.CancellationToken);

        Assert.Equal("hello", (await queue.PeekMessageAsync(TestContext.Current.CancellationToken)).Value.MessageText);
    }

    [Fact]
    public async Task An_unknown_region_is_named()
    {
        var cloud = shared.Cloud;

        var refusal = Assert.Throws<ArgumentException>(() => cloud.ProcessId("local-9"));
        Assert.Contains("local-9", refusal.Message, StringComparison.Ordinal);
    }
}
