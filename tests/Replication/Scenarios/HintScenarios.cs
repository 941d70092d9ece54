using Serverless.Replication;
using static Serverless.Tests.Replication.MemoryCluster;

namespace Serverless.Tests.Replication.Scenarios;

/// <summary>The hinted hand-off tests of Voldemort, and their names.</summary>
public class HintScenarios
{
    // Voldemort's testHintedHandoff with failed nodes: what a dead owner missed waits elsewhere, is read from there, and is brought to it, though no client reads.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void hinted_handoff_failure(int dead) => Scenario.Play(async scenario =>
    {
        var owners = scenario.Cluster.Owners(Key("k"));
        scenario.OnlyDown(owners.Take(dead));
        await PutAsync(scenario.Near("r1"), "k", "v", needed: 3);
        Assert.Equal(dead, scenario.StandIns.Count());
        Assert.Equal(["v"], Values(await GetAsync(scenario.Near("r2"), "k", 3)));
        await scenario.HandOverAsync();
        Assert.Equal(dead, scenario.StandIns.Count());

        scenario.OnlyDown();
        await scenario.PassAsync(TimeSpan.FromMinutes(10));
        await scenario.HandOverAsync();
        Assert.Empty(scenario.StandIns);
        Assert.All(owners, owner => Assert.Equal(["v"], scenario.Held(owner, "k")));
        await scenario.AllIsOneAsync();
    });

    // All owners dead, and as many nodes alive as copies are wanted: each of them stands in for another owner, so even W=3 is met.
    [Fact]
    public void hinted_handoff_failure_of_all_owners() => Scenario.Play(async scenario =>
    {
        var owners = scenario.Cluster.Owners(Key("k"));
        scenario.OnlyDown(owners);
        await PutAsync(scenario.Near("r1"), "k", "v", needed: 3);
        Assert.Equal(3, scenario.StandIns.SelectMany(node => scenario.Cluster.Memory[node].All()).Where(row => row.Row.Name.Contains(Key("k").Row, StringComparison.Ordinal))
            .Select(row => row.Partition).Distinct().Count());
    });

    // Voldemort's flapping node: an owner that comes and goes between writes and in the middle of a hand-over ends with every write and without a hint.
    [Fact]
    public void hinted_handoff_flapping_node() => Scenario.Play(async scenario =>
    {
        var flapping = scenario.Cluster.Owners(Key("k"))[1];
        var keys = Enumerable.Range(0, 100).Select(i => $"k{i}").Where(key => scenario.Cluster.Owners(Key(key)).Contains(flapping)).Take(12).ToList();
        var store = scenario.Near("r1");
        for (var i = 0; i < keys.Count; i++)
        {
            scenario.OnlyDown(i % 2 == 0 ? [flapping] : []);
            await PutAsync(store, keys[i], "v", needed: 3);

            // It comes back, and while hints are handed over it loses what it is sent, or its answers.
            scenario.Cluster.Faults[flapping].Fault = (i / 2 % 3) switch { 0 => Fault.RequestLost, 1 => Fault.AnswerLost, _ => Fault.None };
            foreach (var standIn in scenario.StandIns.ToList())
                await scenario.Cluster.Jobs(scenario.Cluster.RegionOf(standIn)).HandOverAsync();
            await scenario.PassAsync(TimeSpan.FromSeconds(5));
        }

        scenario.OnlyDown();
        await scenario.PassAsync(TimeSpan.FromMinutes(10));
        await scenario.HandOverAsync();
        Assert.Empty(scenario.StandIns);
        Assert.All(keys, key => Assert.Equal(["v"], scenario.Held(flapping, key)));
        await scenario.AllIsOneAsync();
    });

    // Voldemort's dead slop: a hint for a node that left goes to the owners of the day.
    [Fact]
    public void hinted_handoff_dead_slop() => Scenario.Play(async scenario =>
    {
        var left = scenario.Cluster.Owners(Key("k"))[0];
        scenario.OnlyDown(left);
        await PutAsync(scenario.Near("r1"), "k", "v", needed: 3);
        Assert.Single(scenario.StandIns);

        // Only the hint has it still: as if the other owners had been replaced as well.
        foreach (var owner in scenario.Cluster.Owners(Key("k")).Skip(1))
            scenario.Cluster.Memory[owner].Remove((_, row) => !row.StartsWith("hints.", StringComparison.Ordinal));
        scenario.Cluster.Forget(left);
        await scenario.HandOverAsync();
        Assert.Empty(scenario.StandIns);
        Assert.All(scenario.Cluster.Owners(Key("k")), owner => Assert.Equal(["v"], scenario.Held(owner, "k")));
        await scenario.SweepAsync();
        await scenario.AllIsOneAsync();
    });

    // Voldemort's dead slop of the other kind: a hint that is older than what its owner has by now brings nothing back and is gone.
    [Fact]
    public void hinted_handoff_dead_slop_overwritten() => Scenario.Play(async scenario =>
    {
        var owner = scenario.Cluster.Owners(Key("k"))[0];
        scenario.OnlyDown(owner);
        var seen = await PutAsync(scenario.Near("r1"), "k", "old", needed: 3);
        scenario.OnlyDown();
        await PutAsync(scenario.Near("r2"), "k", "new", seen, needed: 3);
        var before = scenario.Cluster.Memory[owner].Data().Single().Row.ETag;
        Assert.Single(scenario.StandIns);

        await scenario.HandOverAsync();
        Assert.Empty(scenario.StandIns);
        Assert.Equal(["new"], scenario.Held(owner, "k"));
        Assert.Equal(before, scenario.Cluster.Memory[owner].Data().Single().Row.ETag);
        await scenario.AllIsOneAsync();
    });

    // Voldemort's exceeded quota: past the bound no more hints are kept; the owner is flagged, and stays so until every partition it owns was compared with all owners.
    [Fact]
    public void hinted_handoff_exceeded_quota() => Scenario.Play(
        async scenario =>
        {
            const int Most = 3;
            scenario.Cluster.Options.MaxHints = Most;
            var owners = scenario.Cluster.Owners(Key("k"));
            var (owner, silent, standIn) = (owners[1], owners[2], scenario.Cluster.Memory.Keys.Except(owners).Single());
            var keys = Enumerable.Range(0, 2 * Most).Select(i => $"k{i}").ToList();
            scenario.OnlyDown(owner);
            var store = scenario.Near(silent);
            foreach (var key in keys)
            {
                await PutAsync(store, key, key);
                await scenario.PassAsync(TimeSpan.FromSeconds(6));
            }

            Assert.Equal(Most, scenario.Hints(standIn).Count());
            Assert.True(await IsFlaggedAsync());

            // The hints there are do not make up for those that were never kept, and comparing without one of the owners proves nothing.
            scenario.OnlyDown();
            await scenario.PassAsync(TimeSpan.FromMinutes(10));
            await scenario.HandOverAsync();
            Assert.Empty(scenario.StandIns);
            Assert.Equal(Most, keys.Count(key => scenario.Held(owner, key).Count == 1));
            scenario.OnlyDown(silent);
            await scenario.SweepAsync();
            scenario.OnlyDown();
            await scenario.HandOverAsync();
            Assert.True(await IsFlaggedAsync());

            await scenario.SweepAsync();
            await scenario.HandOverAsync();
            Assert.False(await IsFlaggedAsync());
            Assert.All(keys, key => Assert.Single(scenario.Held(owner, key)));
            await scenario.AllIsOneAsync();

            async Task<bool> IsFlaggedAsync()
            {
                var read = await scenario.Cluster.Memory[standIn].ListAsync(HintState.Partition, "0", "1", 10, CancellationToken.None);
                return ((RowList.Page)read).Rows.Any(row => System.Text.Encoding.UTF8.GetString(row.Data.Span) is var state
                    && state.Contains($"\"owner\":\"{owner}\"", StringComparison.Ordinal) && !state.Contains("\"fullSince\":null", StringComparison.Ordinal));
            }
        },
        regions: 4, nodesPerRegion: 1, partitions: 1);

    // Voldemort's zone count: hints go to regions without a copy, so that with a dead owner the copies still lie in as many regions as before.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void hinted_handoff_zone_count(int dead) => Scenario.Play(async scenario =>
    {
        for (var i = 0; i < 20; i++)
        {
            // It says nothing, so the others have taken the write by the time it is given up.
            var key = Key($"k{i}");
            scenario.OnlyDown();
            scenario.Cluster.Faults[scenario.Cluster.Owners(key)[dead]].Fault = Fault.Hangs;
            await CopiesLieInThreeRegionsAsync(scenario.Near($"r{i % 3 + 1}"), key);
            await scenario.PassAsync(TimeSpan.FromSeconds(3));
        }
    });

    // The same where the dead owner refuses at once, as every node does whose breaker is open: nobody has taken the write by then, but it is known who will.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void hinted_handoff_zone_count_known_dead(int dead) => Scenario.Play(async scenario =>
    {
        for (var i = 0; i < 20; i++)
        {
            var key = Key($"k{i}");
            scenario.OnlyDown(scenario.Cluster.Owners(key)[dead]);
            await CopiesLieInThreeRegionsAsync(scenario.Near($"r{i % 3 + 1}"), key);
            await scenario.PassAsync(TimeSpan.FromSeconds(3));
        }
    });

    private static async Task CopiesLieInThreeRegionsAsync(ReplicatedStore store, ReplicaKey key)
    {
        var written = await store.WriteAsync(key, Intent(store, "v"), new QuorumRules(3), TestContext.Current.CancellationToken);
        Assert.Equal(["r1", "r2", "r3"], Assert.IsType<WriteResult.Written>(written).Answers.Select(answer => answer.Region).Order(StringComparer.Ordinal));
    }
}
