using System.Net.Http.Json;
using System.Text.Json;

namespace Serverless.Tests.Replication;

public class ClusterHttpTests(SharedCloud cloud)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_cluster_shows_what_the_instance_measured_and_what_its_stamp_holds_of_each_node()
    {
        for (var i = 0; i < 32; i++)
            await cloud.Service.PutAsync(new Uri($"api/kv/cluster-http-{i}", UriKind.Relative), new StringContent("v"), Cancelled);

        // The first operation of an instance makes it speak, and the timer every 10 s.
        var nodes = new List<JsonElement>();
        await Eventually.HoldsAsync(
            async () =>
            {
                var answer = await cloud.Service.GetFromJsonAsync<JsonElement>(new Uri("api/cluster", UriKind.Relative), Cancelled);
                nodes = [.. answer.GetProperty("nodes").EnumerateArray()];
                return nodes.All(n => Opinions(n).Any());
            },
            "every node has an opinion on it",
            TimeSpan.FromSeconds(40));

        Assert.All(nodes, node =>
        {
            Assert.True(node.GetProperty("up").GetBoolean());
            Assert.Equal(JsonValueKind.Null, node.GetProperty("downSince").ValueKind);
            Assert.InRange(node.GetProperty("errorRate").GetDouble(), 0, 1);
            Assert.True(node.GetProperty("calls").GetInt64() > 0);
            Assert.True(node.GetProperty("p50Milliseconds").GetDouble() <= node.GetProperty("p95Milliseconds").GetDouble());
            Assert.True(node.GetProperty("p95Milliseconds").GetDouble() <= node.GetProperty("p99Milliseconds").GetDouble());
            var opinion = Assert.Single(Opinions(node));
            Assert.True(opinion.GetProperty("up").GetBoolean());
            Assert.True(opinion.GetProperty("since").GetDateTimeOffset() <= opinion.GetProperty("seenAt").GetDateTimeOffset());
            Assert.True(opinion.GetProperty("calls").GetInt64() > 0);
            Assert.Equal(
                ["stamp", "up", "since", "errorRate", "p95Milliseconds", "calls", "seenAt"], opinion.EnumerateObject().Select(p => p.Name));
        });
    }

    // Heads of other tests may have joined the cloud, and speak for their regions.
    private static IEnumerable<JsonElement> Opinions(JsonElement node) =>
        node.GetProperty("opinions").EnumerateArray().Where(opinion => opinion.GetProperty("stamp").GetString() == "local-1");
}
