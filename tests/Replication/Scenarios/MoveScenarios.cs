using Serverless.Replication;
using static Serverless.Tests.Replication.MemoryCluster;

namespace Serverless.Tests.Replication.Scenarios;

/// <summary>Nodes join, leave and are reweighed while clients read and write; whatever stops the mover, the next run goes on.</summary>
public class MoveScenarios
{
    private static readonly string[] Before = [.. Enumerable.Range(0, 60).Select(i => $"before {i}")];

    [Theory]
    [InlineData(MoveKind.Join)]
    [InlineData(MoveKind.Leave)]
    [InlineData(MoveKind.Reweigh)]
    public void Keys_written_before_during_and_after_a_move_are_where_they_belong_and_nowhere_else(MoveKind kind) => Scenario.Play(async scenario =>
    {
        await PutAllAsync(scenario, Before);
        Begin(scenario, kind);
        await PutAllAsync(scenario, "joint");
        await scenario.MoveUntilAsync(move => move?.Phase == MovePhase.Dropping);
        await ReadAllAsync(scenario, [.. Before, "joint"]);
        await PutAllAsync(scenario, "dropping");
        await scenario.MoveUntilAsync(move => move is null);
        await PutAllAsync(scenario, "after");
        await ReadAllAsync(scenario, [.. Before, "joint", "dropping", "after"]);
        await scenario.AllIsOneAsync();
        Assert.Equal(kind != MoveKind.Leave, scenario.Cluster.Document.Nodes.Any(n => n.Id == "r1n1"));
        Assert.Equal(kind == MoveKind.Join, scenario.Cluster.Document.Nodes.Any(n => n.Id == "r1n3"));
    });

    [Fact]
    public void A_mover_that_is_stopped_at_any_call_is_resumed() => Scenario.Play(async scenario =>
    {
        var finished = false;
        await PutAllAsync(scenario, Before);
        for (var calls = 1; !finished; calls = calls * 5 / 4 + 1)
        {
            // There and back again.
            if (scenario.Cluster.Document.Move is null)
                Begin(scenario, scenario.Cluster.Document.Nodes.Any(n => n.Id == "r1n1") && calls > 1 ? MoveKind.Reweigh : MoveKind.Join);
            await scenario.PassAsync(TimeSpan.FromMinutes(5));
            scenario.Cluster.CallsLeft = calls;
            await scenario.Cluster.Jobs("r1").MoveAsync();
            finished = scenario.Cluster.CallsLeft > 0;
            scenario.Cluster.CallsLeft = null;
        }

        await scenario.MoveUntilAsync(move => move is null);
        await ReadAllAsync(scenario, Before);
        await scenario.AllIsOneAsync();
    });

    [Fact]
    public void A_node_that_holds_hints_is_not_removed_and_none_of_them_is_lost() => Scenario.Play(async scenario =>
    {
        // Acknowledged by nodes that stand in alone, one of which leaves.
        var owners = scenario.Cluster.Owners(Key("k"));
        scenario.OnlyDown(owners);
        await PutAsync(scenario.Near(owners[0]), "k", "v");
        scenario.OnlyDown();
        var leaver = scenario.StandIns.First();
        scenario.Cluster.Leave(leaver);
        await scenario.MoveUntilAsync(move => move?.Phase == MovePhase.Dropping);
        Assert.NotEmpty(scenario.Hints(leaver));

        var now = scenario.Cluster.Owners(Key("k"));
        scenario.OnlyDown(now.Take(2));
        await scenario.MoveAsync(runs: 20);
        Assert.Contains(scenario.Cluster.Document.Nodes, n => n.Id == leaver);
        scenario.OnlyDown();
        await scenario.MoveUntilAsync(move => move is null);
        Assert.Equal(["v"], Values(await GetAsync(scenario.Near("r1"), "k", 3)));
        await scenario.HandOverAsync();
        await scenario.AllIsOneAsync();
    });

    [Theory]
    [InlineData("r1n3", MovePhase.Joint)]
    [InlineData("r1n3", MovePhase.Dropping)]
    [InlineData("r1n1", MovePhase.Joint)]
    [InlineData("r1n1", MovePhase.Dropping)]
    [InlineData("r2n1", MovePhase.Joint)]
    public void A_node_that_loses_its_state_during_a_move_is_refilled_first(string lost, MovePhase phase) => Scenario.Play(async scenario =>
    {
        await PutAllAsync(scenario, Before);
        Begin(scenario, MoveKind.Join);
        await scenario.MoveUntilAsync(move => move?.Phase == phase);
        scenario.Cluster.Lose(lost);
        await scenario.MoveAsync(runs: 20);
        Assert.Equal(phase, scenario.Cluster.Document.Move?.Phase);
        await PutAllAsync(scenario, "meanwhile");
        await scenario.RefillAsync();
        await scenario.MoveUntilAsync(move => move is null);
        await ReadAllAsync(scenario, [.. Before, "meanwhile"]);
        await scenario.AllIsOneAsync();
    });

    [Fact]
    public void Progress_counts_the_partitions_whose_owners_change() => Scenario.Play(async scenario =>
    {
        await PutAllAsync(scenario, Before);
        Assert.Null(await ProgressAsync(scenario));
        Begin(scenario, MoveKind.Join);
        var begun = (await ProgressAsync(scenario))!;
        Assert.Equal((0, scenario.Cluster.Document.Partitions), (begun.Done, scenario.Cluster.Document.Partitions));
        Assert.InRange(begun.Partitions, 1, scenario.Cluster.Document.Partitions);

        // Nothing moves while somebody may still write as if nothing had been published.
        await scenario.Cluster.Jobs("r1").MoveAsync();
        Assert.Equal(0, (await ProgressAsync(scenario))!.Done);
        await scenario.MoveUntilAsync(move => move?.Phase == MovePhase.Dropping);
        Assert.Equal((MovePhase.Dropping, 0), ((await ProgressAsync(scenario))!.Move.Phase, (await ProgressAsync(scenario))!.Done));
    });

    [Fact]
    public void Nothing_is_acknowledged_or_read_once_the_membership_cannot_be_told_for_longer_than_a_view_lives() => Scenario.Play(async scenario =>
    {
        var store = scenario.Near("r1");
        await PutAsync(store, "k", "v");
        scenario.Cluster.MembershipAnswers = false;
        await scenario.PassAsync(TimeSpan.FromSeconds(20));
        await PutAsync(store, "k", "w");
        await scenario.PassAsync(TimeSpan.FromSeconds(20));
        Assert.IsType<WriteResult.NoQuorum>(await store.WriteAsync(Key("k"), Intent(store, "x"), QuorumRules.Default, CancellationToken.None));
        Assert.IsType<ReadResult.NoQuorum>(await store.ReadAsync(Key("k"), QuorumRules.Default, CancellationToken.None));
        scenario.Cluster.MembershipAnswers = true;
        await scenario.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(["v", "w"], Values(await GetAsync(store, "k")));
    });

    private static void Begin(Scenario scenario, MoveKind kind)
    {
        if (kind == MoveKind.Join)
            scenario.Cluster.Join("r1n3", "r1");
        else if (kind == MoveKind.Leave)
            scenario.Cluster.Leave("r1n1");
        else
            scenario.Cluster.Reweigh("r1n1", scenario.Cluster.Document.Nodes.Single(n => n.Id == "r1n1").Weight == 100 ? 1 : 100);
    }

    private static async Task<MoveProgress?> ProgressAsync(Scenario scenario) =>
        await MoveProgress.ReadAsync((await scenario.Cluster.Views("r1").RefreshAsync(CancellationToken.None))!, CancellationToken.None);

    // Every third value is long enough for a row of its own.
    private static async Task PutAllAsync(Scenario scenario, params string[] keys)
    {
        var store = scenario.Near("r2");
        for (var i = 0; i < keys.Length; i++)
            await PutAsync(store, keys[i], keys[i] + (i % 3 == 0 ? new string('.', 20_000) : ""));
    }

    private static async Task ReadAllAsync(Scenario scenario, params string[] keys)
    {
        var store = scenario.Near("r3");
        foreach (var key in keys)
        {
            var version = Assert.Single((await GetAsync(store, key)).Versions);
            var value = (await store.FetchAsync(Key(key), version, CancellationToken.None))!.Value!.Value;
            Assert.StartsWith(key, System.Text.Encoding.UTF8.GetString(value.Span), StringComparison.Ordinal);
        }
    }
}
