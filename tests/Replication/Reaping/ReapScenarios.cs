using Serverless.Replication;
using static Serverless.Tests.Replication.MemoryCluster;

namespace Serverless.Tests.Replication.Reaping;

/// <summary>When a deleted key is forgotten, and what keeps it.</summary>
public class ReapScenarios
{
    [Fact]
    public void A_tombstone_stays_until_it_is_old_and_then_goes_from_all_owners_and_trees() => ReapScene.Play(async scene =>
    {
        await scene.DeleteAsync("k");
        for (var passed = TimeSpan.Zero; passed < scene.Age - ReapScene.Pause; passed += ReapScene.Pause)
            Assert.Equal(0, await scene.LookAsync());
        Assert.All(scene.Owners("k"), owner => Assert.Equal(["†"], scene.Held(owner, "k")));

        await scene.AgeAsync();
        Assert.Equal(1, await scene.LooksAsync());
        Assert.Empty(scene.Keepers("k"));
        await scene.AllIsOneAsync();
        Assert.Empty(await scene.ReadAsync("k"));
    });

    // The first marks what is old by then, the second finds that nothing can bring it back, the third lets it go.
    [Fact]
    public void It_goes_at_the_second_look_after_the_mark_and_not_before_what_was_on_its_way_at_the_first_has_ended() => ReapScene.Play(async scene =>
    {
        await scene.DeleteAsync("k");
        await scene.AgeAsync();
        Assert.Equal(0, await scene.LookAsync());
        Assert.Equal(0, await scene.LookAsync());
        var soon = ReapLook.QuietFor(scene.Cluster.Options) - TimeSpan.FromSeconds(5);
        await scene.PassAsync(soon);
        Assert.Equal(0, await scene.ReapAsync());
        await scene.PassAsync(TimeSpan.FromSeconds(6));
        Assert.Equal(1, await scene.ReapAsync());
        Assert.Empty(scene.Keepers("k"));
    });

    [Fact]
    public void A_key_with_a_live_sibling_stays() => ReapScene.Play(async scene =>
    {
        var store = scene.Near("r1");
        var seen = await PutAsync(store, "k", "old", needed: 3);
        await PutAsync(store, "k", "beside", needed: 3);
        await PutAsync(store, "k", null, seen, needed: 3);
        await scene.DeleteAsync("other");
        await scene.AgeAsync();
        Assert.Equal(1, await scene.LooksAsync());
        Assert.All(scene.Owners("k"), owner => Assert.Equal(["beside", "†"], scene.Held(owner, "k")));
        Assert.Empty(scene.Keepers("other"));
        await scene.AllIsOneAsync();
    });

    [Fact]
    public void A_hint_for_the_partition_on_any_node_keeps_it() => ReapScene.Play(async scene =>
    {
        await scene.DeleteAsync("k");
        scene.OnlyDown(scene.Owners("k")[0]);
        await PutAsync(scene.Near("r1"), "another key of the partition", "v", needed: 3);
        Assert.Single(scene.StandIns);
        scene.OnlyDown();
        await scene.SweepAsync();
        await scene.AgeAsync();
        Assert.Equal(0, await scene.LooksAsync());

        await scene.HandOverAsync();
        Assert.Empty(scene.StandIns);
        Assert.Equal(1, await scene.LooksAsync());
        Assert.Empty(scene.Keepers("k"));
    });

    [Fact]
    public void One_node_that_does_not_answer_keeps_it_owner_or_not() => ReapScene.Play(async scene =>
    {
        await scene.DeleteAsync("k");
        await scene.AgeAsync();
        foreach (var node in scene.Cluster.Document.Nodes.Select(node => node.Id))
        {
            scene.OnlyDown(node);
            Assert.Equal(0, await scene.LooksAsync());
        }

        scene.OnlyDown();
        Assert.Equal(1, await scene.LooksAsync());
        Assert.Empty(scene.Keepers("k"));
    });

    [Fact]
    public void A_node_that_is_being_refilled_keeps_it() => ReapScene.Play(async scene =>
    {
        await scene.DeleteAsync("k");
        await scene.AgeAsync();
        scene.Cluster.Lose(scene.Cluster.Document.Nodes.First(node => !scene.Owners("k").Contains(node.Id)).Id);
        Assert.Equal(0, await scene.LooksAsync());
        await scene.RefillAsync();
        Assert.All(scene.Cluster.Document.Nodes, node => Assert.Equal(MemberState.Member, node.State));
        Assert.Equal(1, await scene.LooksAsync());
        Assert.Empty(scene.Keepers("k"));
    });

    [Fact]
    public void A_move_that_is_under_way_keeps_it() => ReapScene.Play(async scene =>
    {
        await scene.DeleteAsync("k");
        await scene.AgeAsync();
        Assert.Equal(0, await scene.LookAsync());
        Assert.Equal(0, await scene.LookAsync());
        scene.Cluster.Join("r1n3", "r1");
        Assert.Equal(0, await scene.LooksAsync());
        await scene.MoveUntilAsync(move => move is null);

        // A new owner has it since it was copied.
        await scene.AgeAsync();
        Assert.Equal(1, await scene.LooksAsync());
        Assert.Empty(scene.Keepers("k"));
        await scene.AllIsOneAsync();
    });

    [Fact]
    public void Trees_that_differ_keep_it_whatever_the_difference_is_about() => ReapScene.Play(async scene =>
    {
        await scene.DeleteAsync("k");
        scene.Cluster.Options.MaxHints = 0;
        scene.OnlyDown(scene.Owners("k")[2]);
        await PutAsync(scene.Near("r1"), "another key of the partition", "v");
        await scene.PassAsync(TimeSpan.FromSeconds(6));
        scene.OnlyDown();
        await scene.AgeAsync();
        Assert.Equal(0, await scene.LooksAsync());

        await scene.SweepAsync();
        Assert.Equal(1, await scene.LooksAsync());
        Assert.Empty(scene.Keepers("k"));
    });

    // Its row vanished and its tree did not, so that the trees agree: the rows themselves are what counts.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void An_owner_with_another_row_keeps_it(int owner) => ReapScene.Play(async scene =>
    {
        await scene.DeleteAsync("k");
        await scene.AgeAsync();
        var other = scene.Owners("k")[owner];
        scene.Cluster.Memory[other].Remove((_, row) => row == Key("k").Row);
        Assert.Equal(0, await scene.LooksAsync());
        Assert.Equal(2, scene.Keepers("k").Count());

        // The scrub finds it, the next sweep puts it back, where it is young.
        await scene.SweepAsync();
        await scene.SweepAsync();
        Assert.Equal(3, scene.Keepers("k").Count());
        Assert.Equal(0, await scene.LooksAsync());
        await scene.AgeAsync();
        Assert.Equal(1, await scene.LooksAsync());
        Assert.Empty(scene.Keepers("k"));
        await scene.AllIsOneAsync();
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_write_between_the_looks_stays(int looksBefore) => ReapScene.Play(async scene =>
    {
        await scene.DeleteAsync("k");
        await scene.DeleteAsync("other");
        await scene.AgeAsync();
        Assert.Equal(0, await scene.LookAsync());
        for (var looks = 0; looks < looksBefore; looks++)
            Assert.Equal(0, await scene.LookAsync());
        await PutAsync(scene.Near("r2"), "k", "new", needed: 3);
        await scene.PassAsync(PartitionRepair.Unsettled);
        Assert.Equal(1, await scene.LooksAsync());
        Assert.Equal(["new", "†"], await scene.ReadAsync("k"));
        Assert.Empty(scene.Keepers("other"));
        await scene.AllIsOneAsync();
    });

    [Fact]
    public void A_key_written_anew_after_it_was_forgotten_has_the_new_value_alone() => ReapScene.Play(async scene =>
    {
        var remembers = scene.Near("r1");
        var seen = await PutAsync(remembers, "k", "old", needed: 3);
        await PutAsync(remembers, "k", null, seen, needed: 3);
        await scene.AgeAsync();
        Assert.Equal(1, await scene.LooksAsync());
        await PutAsync(remembers, "k", "new", needed: 3);
        Assert.Equal(["new"], await scene.ReadAsync("k"));
        await scene.AllIsOneAsync();
    });

    [Fact]
    public void More_keys_than_one_look_forgets_go_with_the_next() => ReapScene.Play(async scene =>
    {
        const int Beyond = 10;
        for (var i = 0; i < ReapLook.MostKeys + Beyond; i++)
            await scene.DeleteAsync($"k{i:d4}");
        await scene.AgeAsync();
        Assert.Equal(0, await scene.LookAsync());
        Assert.Equal(0, await scene.LookAsync());

        // Pages are of 50 rows.
        Assert.InRange(await scene.LookAsync(), ReapLook.MostKeys, ReapLook.MostKeys + 50);
        Assert.InRange(await scene.LooksAsync(), 0, Beyond);
        Assert.Empty(scene.Cluster.Memory.Values.SelectMany(node => node.Data()));
        await scene.AllIsOneAsync();
    });

    [Fact]
    public void A_look_that_stopped_early_is_gone_on_with_where_it_stopped() => ReapScene.Play(async scene =>
    {
        await PutAsync(scene.Near("r1"), "a", "v", needed: 3);
        await scene.DeleteAsync("z");
        foreach (var owner in scene.Owners("z").Select(owner => scene.Cluster.Memory[owner]))
        {
            var (partition, live) = owner.Data()[0];
            for (var i = 0; i < ReapLook.MostRows; i++)
                await owner.CommitAsync(partition, [new RowChange.Insert(Key($"b{i}").Row, live.Data)], CancellationToken.None);
        }

        await scene.AgeAsync();
        for (var looks = 0; looks < 3; looks++)
            Assert.Equal(0, await scene.LookAsync());
        Assert.Equal(1, await scene.LookAsync());
        Assert.Empty(scene.Keepers("z"));
        Assert.Equal(3, scene.Keepers("a").Count());
    });
}
