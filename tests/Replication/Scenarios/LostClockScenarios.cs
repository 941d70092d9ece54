using Serverless.Replication;
using static Serverless.Tests.Replication.MemoryCluster;

namespace Serverless.Tests.Replication.Scenarios;

/// <summary>riak_kv#679: a replica that lost its clock issues a dot a second time, and others take the new write for one they know.</summary>
public class LostClockScenarios
{
    // Riak's kv679_dataloss: the coordinator of a key loses its state and coordinates the next write; that write must survive the replicas that remember the lost ones.
    [Fact]
    public void kv679_dataloss() => Scenario.Play(async scenario =>
    {
        var owners = scenario.Cluster.Owners(Key("k"));
        CausalContext? seen = null;
        for (var i = 0; i < 3; i++)
            seen = await PutAsync(scenario.Near(owners[0]), "k", $"old {i}", seen, needed: 3);

        scenario.Cluster.Lose(owners[0]);
        Assert.Empty(scenario.Held(owners[0], "k"));
        await scenario.RefillAsync();
        await PutAsync(scenario.Near(owners[0]), "k", "new", needed: 3);
        Assert.All(owners, owner => Assert.Equal(["new", "old 2"], scenario.Held(owner, "k")));
        await scenario.AllIsOneAsync();
    });

    // The same where nobody noticed: rows vanish, the node keeps its incarnation and votes on.
    [Fact]
    public void kv679_dataloss_unnoticed() => Scenario.Play(async scenario =>
    {
        var owners = scenario.Cluster.Owners(Key("k"));
        CausalContext? seen = null;
        for (var i = 0; i < 3; i++)
            seen = await PutAsync(scenario.Near(owners[0]), "k", $"old {i}", seen, needed: 3);

        // All that a coordinator of the next write can reach is the row that is gone.
        scenario.Cluster.Memory[owners[0]].Remove((_, row) => row == Key("k").Row);
        scenario.OnlyDown(owners[1], owners[2]);
        await PutAsync(scenario.Near(owners[0]), "k", "new");
        scenario.OnlyDown();
        await scenario.HandOverAsync();
        await scenario.SweepAsync();
        Assert.All(owners, owner => Assert.Equal(["new", "old 2"], scenario.Held(owner, "k")));
    });

    // Riak's kv679_tombstone: a tombstone comes back through a hint after its coordinator lost its clock and took a new write, which it must not swallow.
    [Fact]
    public void kv679_tombstone() => Scenario.Play(async scenario =>
    {
        var owners = scenario.Cluster.Owners(Key("k"));
        var seen = await PutAsync(scenario.Near(owners[0]), "k", "old", needed: 3);
        scenario.OnlyDown(owners[2]);
        await PutAsync(scenario.Near(owners[0]), "k", null, seen, needed: 3);
        Assert.Single(scenario.StandIns);

        // The others forget the key as reaping would; who was down still has the old value, and a hint of its deletion waits.
        foreach (var owner in owners.Take(2))
            scenario.Cluster.Memory[owner].Remove((_, row) => row == Key("k").Row);
        await PutAsync(scenario.Near(owners[0]), "k", "new");
        scenario.OnlyDown();
        await scenario.HandOverAsync();
        await scenario.SweepAsync();
        await scenario.SweepAsync();
        Assert.Equal(["new", "†"], Values(await GetAsync(scenario.Near(owners[2]), "k", 3)));
        Assert.All(owners, owner => Assert.Equal(["new", "†"], scenario.Held(owner, "k")));
    });

    // Riak's kv679_tombstone2: a value that was deleted since comes back through a hint, to a coordinator that lost its clock and was refilled.
    [Fact]
    public void kv679_tombstone2() => Scenario.Play(async scenario =>
    {
        var owners = scenario.Cluster.Owners(Key("k"));
        scenario.OnlyDown(owners[0]);
        var seen = await PutAsync(scenario.Near(owners[1]), "k", "old", needed: 3);
        Assert.Single(scenario.StandIns);
        scenario.OnlyDown();
        await scenario.PassAsync(TimeSpan.FromSeconds(2));
        await PutAsync(scenario.Near(owners[0]), "k", null, seen, needed: 3);

        scenario.Cluster.Lose(owners[0]);
        await scenario.RefillAsync();
        await PutAsync(scenario.Near(owners[0]), "k", "new", needed: 3);
        Assert.Single(scenario.StandIns);
        await scenario.HandOverAsync();
        Assert.All(owners, owner => Assert.Equal(["new", "†"], scenario.Held(owner, "k")));
        await scenario.AllIsOneAsync();
    });

    // Riak's kv679_dataloss_fb: a node that stands in coordinates, hands over and forgets; when it stands in again it must not begin its clock anew.
    [Fact]
    public void kv679_dataloss_fb() => Scenario.Play(async scenario =>
    {
        var owners = scenario.Cluster.Owners(Key("k"));
        foreach (var value in (List<string>)["first", "second"])
        {
            scenario.OnlyDown(owners);
            await PutAsync(scenario.Near(owners[0]), "k", value);
            Assert.NotEmpty(scenario.StandIns);
            scenario.OnlyDown();
            await scenario.HandOverAsync();
            Assert.Empty(scenario.StandIns);
        }

        await scenario.SweepAsync();
        Assert.All(owners, owner => Assert.Equal(["first", "second"], scenario.Held(owner, "k")));
        await scenario.AllIsOneAsync();
    });

    // Riak's kv679_dataloss_fb2: a node that stands in coordinates and loses its hints before it handed them over, and coordinates again; the copy of the
    // first write, kept elsewhere, and the second write must both survive.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void kv679_dataloss_fb2(bool noticed) => Scenario.Play(async scenario =>
    {
        var owners = scenario.Cluster.Owners(Key("k"));
        scenario.OnlyDown(owners);
        await PutAsync(scenario.Near(owners[0]), "k", "first");
        var coordinated = scenario.StandIns.Single(node => scenario.Hints(node).Any(hint => ReplicaRowCodec.Decode(hint.Data).OwnEpoch != 0));
        if (noticed)
            scenario.Cluster.Lose(coordinated);
        else
            scenario.Cluster.Memory[coordinated].Remove((partition, _) => partition.StartsWith("hints.", StringComparison.Ordinal));
        await PutAsync(scenario.Near(owners[0]), "k", "second");

        scenario.OnlyDown();
        await scenario.HandOverAsync();
        await scenario.RefillAsync();
        await scenario.SweepAsync();
        Assert.All(owners, owner => Assert.Equal(["first", "second"], scenario.Held(owner, "k")));
        await scenario.AllIsOneAsync();
    });
}
