using Serverless.Replication;
using static Serverless.Tests.Replication.MemoryCluster;

namespace Serverless.Tests.Replication.Scenarios;

public class SiblingScenarios
{
    private const int Writes = 100;

    // Riak's sibling_explosion: two writers who always read just before the other writes must leave two siblings, not one per write, and lose no value.
    [Fact]
    public void sibling_explosion() => Scenario.Play(async scenario =>
    {
        ReplicatedStore[] writers = [scenario.Near("r1"), scenario.Near("r2")];
        var read = new VersionSet[] { VersionSet.Empty, VersionSet.Empty };
        for (var i = 0; i < Writes; i++)
        {
            // What this one writes from was read before the other one's last write.
            var writer = i % 2;
            var values = Merged(read[writer]).Append($"{i:d3}");
            await PutAsync(writers[writer], "k", string.Join(' ', values), read[writer].Context);
            read[1 - writer] = await GetAsync(writers[1 - writer], "k");
            Assert.InRange(read[1 - writer].Versions.Length, 1, 2);
        }

        Assert.Equal(Enumerable.Range(0, Writes).Select(i => $"{i:d3}"), Merged(await GetAsync(scenario.Near("r3"), "k", 3)));
    });

    // Riak's verify_dvv_repl: one side resolves a hundred times and each result is replicated to the other, which has a write of its own; that
    // leaves the last result and that write, not a sibling for each time it was replicated.
    [Fact]
    public void verify_dvv_repl() => Scenario.Play(async scenario =>
    {
        var owners = scenario.Cluster.Owners(Key("k"));
        ReplicatedStore[] here = [scenario.Near(owners[0]), scenario.Near(owners[1])];
        var there = scenario.Near(owners[2]);
        scenario.Cluster.Cut(owners[2][..2]);
        await PutAsync(there, "k", "theirs");
        scenario.Cluster.Heal();
        await scenario.HandOverAsync();
        await scenario.SweepAsync();
        CausalContext? own = null;
        for (var i = 0; i < Writes; i++)
        {
            scenario.Cluster.Cut(owners[2][..2]);
            own = await PutAsync(here[i % 2], "k", $"ours {i:d3}", own);
            scenario.Cluster.Heal();
            await scenario.HandOverAsync();
            Assert.All(owners, owner => Assert.Equal([$"ours {i:d3}", "theirs"], scenario.Held(owner, "k")));
        }

        var set = await GetAsync(there, "k", 3);
        Assert.Equal(["ours 099", "theirs"], Values(set));
        Assert.InRange(set.Context.Vector.Length + set.Context.Beyond.Length, 2, 8);
        await scenario.AllIsOneAsync();
    });

    private static IEnumerable<string> Merged(VersionSet set) =>
        Values(set).SelectMany(value => value.Split(' ')).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
}
