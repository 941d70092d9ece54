using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Local.Cloud;
using Serverless.Local.Head;
using Serverless.Replication;
using Serverless.Tests.Http;

namespace Serverless.Tests.Replication;

/// <summary>Changes of membership as operators ask for them, on a cloud of its own with one node in each region.</summary>
public sealed class MembershipHttpTests : IAsyncLifetime
{
    private const int Keys = 200;

    private LocalCloud _cloud = null!;
    private CloudHead _head = null!;
    private HttpClient _service = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Port = 0, InMemory = true, NodesPerRegion = 1 }, cancellationToken: Cancelled);
        _head = await CloudHead.StartAsync(_cloud, 0, null, Cancelled);
        _service = SharedCloud.AsService(_head.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _service.Dispose();
        await _head.DisposeAsync();
        await _cloud.DisposeAsync();
    }

    [Fact]
    public async Task Bad_input_is_refused_and_changes_nothing()
    {
        var before = await ShapeAsync();

        await AssertProblem.IsAsync(await RemoveAsync("nobody"), 404, "node-not-found");
        await AssertProblem.IsAsync(await RemoveAsync("local-1-a"), 409, "last-node-of-region");
        await AssertProblem.IsAsync(await PutAsync(new { id = "local-1-a", region = "local-2" }), 400, "bad-node");
        await AssertProblem.IsAsync(await PutAsync(new { id = "local-1-a", weight = 0 }), 400, "bad-node");
        await AssertProblem.IsAsync(await PutAsync(new { id = "local-1-a", weight = 1_001 }), 400, "bad-node");
        await AssertProblem.IsAsync(await PutAsync(new { id = "local-1-a", weight = "heavy" }), 400, "bad-node");
        await AssertProblem.IsAsync(await PutAsync(new { id = "" }), 400, "bad-node");
        await AssertProblem.IsAsync(await PutAsync(new { region = "local-1" }), 400, "bad-node");
        await AssertProblem.IsAsync(await PutAsync(new { id = "new" }), 400, "bad-node");
        await AssertProblem.IsAsync(await PutAsync(new { id = "new", region = "local-1", colour = "red" }), 400, "bad-node");
        await AssertProblem.IsAsync(await PutAsync(new { id = "new", region = "local-1", endpoint = "https://elsewhere.example" }), 400, "bad-node");
        await AssertProblem.IsAsync(await PutAsync(new { id = "new", region = "local-1", endpoint = "http://127.0.0.1:9/new" }), 400, "bad-node");
        await AssertProblem.IsAsync(await _service.PostAsync(Nodes, new StringContent("{"), Cancelled), 415, "bad-content-type");
        using var nobody = new HttpClient { BaseAddress = _head.Address };
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.DeleteAsync(new Uri("api/cluster/nodes/local-1-a", UriKind.Relative), Cancelled)).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await PutAsync(new { id = "local-1-a" })).StatusCode);
        Assert.Equal(before, await ShapeAsync());
    }

    [Fact]
    public async Task A_node_that_joins_gets_its_share_while_clients_write()
    {
        foreach (var some in Enumerable.Range(0, Keys).Chunk(32))
            await Task.WhenAll(some.Select(WriteAsync));
        Assert.Equal(HttpStatusCode.Accepted, (await PutAsync(new { id = "local-1-b" })).StatusCode);
        var joint = await ShapeAsync();

        // The same change again is under way; another one has to wait; neither begins anything.
        var again = await PutAsync(new { id = "local-1-b" });
        var move = (await again.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("move");
        Assert.Equal((HttpStatusCode.Accepted, "join", "local-1-b", "joint"), (again.StatusCode, move.GetProperty("kind").GetString(), move.GetProperty("node").GetString(), move.GetProperty("phase").GetString()));
        await AssertProblem.IsAsync(await PutAsync(new { id = "local-2-b" }), 409, "move-under-way");
        await AssertProblem.IsAsync(await PutAsync(new { id = "local-2-a", weight = 50 }), 409, "move-under-way");
        await AssertProblem.IsAsync(await RemoveAsync("local-1-a"), 409, "move-under-way");
        Assert.Equal(joint, await ShapeAsync());

        var written = Keys;
        var phases = new HashSet<string>();
        await Eventually.HoldsAsync(
            async () =>
            {
                await Task.WhenAll(Enumerable.Range(written, 8).Select(WriteAsync));
                written += 8;
                await _head.Services.GetRequiredService<PartitionMover>().RunAsync(Cancelled);
                var now = (await ClusterAsync()).GetProperty("move");
                if (now.ValueKind == JsonValueKind.Object)
                    phases.Add(now.GetProperty("phase").GetString()!);
                return now.ValueKind == JsonValueKind.Null;
            },
            "the move ends", TimeSpan.FromSeconds(120));

        Assert.Equal(["dropping", "joint"], phases.Order(StringComparer.Ordinal));
        var nodes = (await ClusterAsync()).GetProperty("nodes").EnumerateArray().ToDictionary(n => n.GetProperty("id").GetString()!, n => n.GetProperty("partitions").GetInt32());
        Assert.Equal(256, nodes["local-1-a"] + nodes["local-1-b"]);
        Assert.InRange(nodes["local-1-b"], 100, 156);
        foreach (var some in Enumerable.Range(0, written).Chunk(32))
            Assert.All(await Task.WhenAll(some.Select(ReadAsync)), value => Assert.Equal("v", value));
        Assert.Equal(HttpStatusCode.Accepted, (await RemoveAsync("local-1-a")).StatusCode);
    }

    [Fact]
    public async Task A_node_that_is_declared_lost_begins_anew_once_and_votes_when_it_was_refilled()
    {
        await AssertProblem.IsAsync(await LoseAsync("nobody"), 404, "node-not-found");
        await Task.WhenAll(Enumerable.Range(0, 32).Select(WriteAsync));
        var incarnation = Node(await ClusterAsync(), "local-2-a").GetProperty("incarnation").ToString();

        Assert.Equal(HttpStatusCode.Accepted, (await LoseAsync("local-2-a")).StatusCode);
        var begun = await ClusterAsync();
        Assert.Equal("refilling", Node(begun, "local-2-a").GetProperty("state").GetString());
        Assert.NotEqual(incarnation, Node(begun, "local-2-a").GetProperty("incarnation").ToString());
        Assert.Equal(HttpStatusCode.Accepted, (await LoseAsync("local-2-a")).StatusCode);
        Assert.Equal(begun.GetProperty("epoch").GetInt64(), (await ClusterAsync()).GetProperty("epoch").GetInt64());

        // Of three owners one is empty: whoever is second may have the only copy.
        await AssertProblem.IsAsync(await LoseAsync("local-3-a"), 409, "too-few-nodes");
        await AssertProblem.IsAsync(await RemoveAsync("local-3-a"), 409, "node-refilling");
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 32).Select(ReadAsync)), value => Assert.Equal("v", value));
    }

    private static JsonElement Node(JsonElement cluster, string id) => cluster.GetProperty("nodes").EnumerateArray().Single(n => n.GetProperty("id").GetString() == id);

    private Task<HttpResponseMessage> LoseAsync(string id) => _service.PutAsync(new Uri($"api/cluster/nodes/{id}/loss", UriKind.Relative), null, Cancelled);

    private static Uri Nodes => new("api/cluster/nodes", UriKind.Relative);

    private Task<HttpResponseMessage> PutAsync(object node) => _service.PostAsJsonAsync(Nodes, node, Cancelled);

    private Task<HttpResponseMessage> RemoveAsync(string id) => _service.DeleteAsync(new Uri($"api/cluster/nodes/{id}", UriKind.Relative), Cancelled);

    private async Task WriteAsync(int i)
    {
        using var answer = await _service.PutAsync(Key(i), new StringContent("v"), Cancelled);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private async Task<string> ReadAsync(int i) => await _service.GetStringAsync(Key(i), Cancelled);

    private static Uri Key(int i) => new($"api/kv/membership-{i}", UriKind.Relative);

    private Task<JsonElement> ClusterAsync() => _service.GetFromJsonAsync<JsonElement>(new Uri("api/cluster", UriKind.Relative), Cancelled);

    // All that a change of membership changes.
    private async Task<string> ShapeAsync()
    {
        var cluster = await ClusterAsync();
        var nodes = cluster.GetProperty("nodes").EnumerateArray()
            .Select(n => $"{n.GetProperty("id")} {n.GetProperty("weight")} {n.GetProperty("state")} {n.GetProperty("incarnation")} {n.GetProperty("partitions")}");
        return string.Join('\n', [$"{cluster.GetProperty("epoch")}", .. nodes]);
    }
}
