using System.Net;
using Serverless.Local.Cloud;
using Serverless.Local.Head;
using Serverless.Replication;
using Serverless.Tests.Http;

namespace Serverless.Tests.Kv;

/// <summary>A cloud of its own whose storage dies: too few copies answer, and clients are told so in time.</summary>
public class KvNoQuorumTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(new ReplicationOptions().OperationMilliseconds);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_two_of_three_regions_reads_and_writes_are_refused_in_time_and_nothing_is_lost()
    {
        var options = new LocalCloudOptions { Port = 0, InMemory = true, NodesPerRegion = 1, RestartDelay = TimeSpan.FromMinutes(10) };
        await using var cloud = await LocalCloud.StartAsync(options, cancellationToken: Cancelled);
        await using var head = await CloudHead.StartAsync(cloud, 0, null, Cancelled);
        using var service = SharedCloud.AsService(head.Address);
        var kv = new KvClient(service);
        var path = KvClient.Path("no-quorum");
        Assert.Equal(HttpStatusCode.NoContent, (await kv.PutAsync($"{path}?w=3", "kept")).StatusCode);

        await Task.WhenAll(cloud.KillAsync(cloud.Regions[1]), cloud.KillAsync(cloud.Regions[2]));

        await IsRefusedAsync(() => kv.GetAsync(path));
        await IsRefusedAsync(() => kv.PutAsync(KvClient.Path("no-quorum-new"), "v"));
        await IsRefusedAsync(() => kv.DeleteAsync(path));
        Assert.Equal("kept", await (await kv.GetAsync($"{path}?r=1")).Content.ReadAsStringAsync(Cancelled));
        Assert.Equal(HttpStatusCode.OK, (await kv.GetAsync("api/health")).StatusCode);
    }

    private static async Task IsRefusedAsync(Func<Task<HttpResponseMessage>> send)
    {
        var started = TimeProvider.System.GetTimestamp();
        var answer = await send();
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, Limit + TimeSpan.FromSeconds(1));
        var problem = await AssertProblem.IsAsync(answer, 503, "no-quorum");
        Assert.Equal((1, 2), (problem.GetProperty("answered").GetInt32(), problem.GetProperty("needed").GetInt32()));
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
    }
}
