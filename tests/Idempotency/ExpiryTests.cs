using Serverless.Idempotency;
using Serverless.Replication;
using Serverless.Tests.Replication;

namespace Serverless.Tests.Idempotency;

public class ExpiryTests
{
    private const int Keys = 120;

    [Fact]
    public void What_was_kept_long_enough_is_deleted_once_and_nothing_else() => IdempotencyRig.Play(async rig =>
    {
        using var registers = rig.Cluster.Registers();
        using var store = rig.Cluster.Coordinator();
        await MemoryCluster.PutAsync(store, "of another room", "kept");
        for (var i = 0; i < Keys; i++)
            await SendAsync(rig, $"old {i}");
        await rig.Simulator.Delay(TimeSpan.FromHours(23));
        await SendAsync(rig, "young");
        Assert.Equal(0, await ExpireAsync(rig));

        await rig.Simulator.Delay(TimeSpan.FromHours(1) + KeyRegisters.ClockMargin + TimeSpan.FromSeconds(1));
        Assert.Equal(Keys, await ExpireAsync(rig));
        Assert.Equal(0, await ExpireAsync(rig));

        var held = await Task.WhenAll(Registers(rig).Select(key => registers.ReadAsync(key, CancellationToken.None)));
        Assert.Equal(Keys + 1, held.Length);
        Assert.Equal(1, held.Count(read => read is RegisterResult.Held { Content.Value: { IsDeleted: false } }));
        Assert.Equal("run 121", (await SendAsync(rig, "young")).Body);
        Assert.Equal(["kept"], MemoryCluster.Values(await MemoryCluster.GetAsync(store, "of another room")));
        Assert.Equal("run 122", (await SendAsync(rig, "old 0")).Body);
    }, orders: 1);

    [Fact]
    public void A_key_in_use_again_is_not_deleted() => IdempotencyRig.Play(async rig =>
    {
        await SendAsync(rig, "k");
        await rig.Simulator.Delay(TimeSpan.FromHours(25));
        await Task.WhenAll(ExpireAsync(rig), SendAsync(rig, "k"));
        Assert.Equal((2, "run 2"), (rig.Runs, (await SendAsync(rig, "k")).Body));
    }, orders: 20);

    private static Task<Answer> SendAsync(IdempotencyRig rig, string key) => rig.SendAsync(change: http => http.Request.Headers["Idempotency-Key"] = key);

    private static IEnumerable<ReplicaKey> Registers(IdempotencyRig rig) => rig.Cluster.Memory.Values.SelectMany(node => node.Data())
        .Where(row => row.Row.Name.StartsWith("idem.", StringComparison.Ordinal)).Select(row => row.Row.Name).Distinct().Select(name => ReplicaKey.FromRow(name)!);

    // Each region's job: together they lead every partition.
    private static async Task<int> ExpireAsync(IdempotencyRig rig)
    {
        var deleted = 0;
        for (var region = 1; region <= 3; region++)
            deleted += await rig.Expiry(region).RunAsync(CancellationToken.None);
        return deleted;
    }
}
