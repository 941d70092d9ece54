using Serverless.Ids;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Ids;

/// <summary>Worker ids as they are leased, renewed, lost and taken over.</summary>
public class SourceLeaseTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(IdsInstance.Hasty.LeaseSeconds);

    [Fact]
    public void The_first_id_leases_a_worker_and_use_renews_it() => SourceScene.Play(async scene =>
    {
        var (instance, ids) = (scene.Instance(3), new List<Snowflake>());
        Assert.Null(instance.Snowflakes.Lease);
        Assert.Null(await scene.TakeAsync(instance, ids));
        var first = Assert.Single(scene.Workers(3));
        Assert.Equal(1, first.LeaseEpoch);
        Assert.InRange(first.LeaseEnd - scene.Simulator.Time.GetUtcNow(), Lease - TimeSpan.FromSeconds(1), Lease);
        Assert.InRange(first.ReservedUntil - Milliseconds(ids[0]), Lease.TotalMilliseconds - 1_000, Lease.TotalMilliseconds);

        for (var seconds = 0; seconds < 20; seconds++)
        {
            await scene.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Null(await instance.Snowflakes.FillAsync(new Snowflake[1], CancellationToken.None));
        }

        var renewed = Assert.Single(scene.Workers(3));
        Assert.Equal((first.Owner, 1), (renewed.Owner, renewed.LeaseEpoch));
        Assert.InRange(renewed.LeaseEnd - first.LeaseEnd, TimeSpan.FromSeconds(18), TimeSpan.FromSeconds(21));
    });

    [Fact]
    public void Whoever_wakes_after_its_lease_stops_at_the_end_of_its_range_and_goes_on_as_another_worker() => SourceScene.Play(async scene =>
    {
        var (sleeper, ids, others) = (scene.Instance(1), new List<Snowflake>(), new List<Snowflake>());
        Assert.Null(await scene.TakeAsync(sleeper, ids));
        var slept = sleeper.Snowflakes.Lease!;
        await scene.Simulator.Delay(2 * Lease);

        // Three more take the other worker ids, the fourth that of the sleeper.
        for (var i = 0; i < IdsInstance.FewWorkers.Workers; i++)
            Assert.Null(await scene.TakeAsync(scene.Instance(1, 1), others));
        var awake = new List<Snowflake>();
        while (sleeper.Snowflakes.TryNext(out var id))
            awake.Add(id);
        Assert.All(awake, id => Assert.True(Milliseconds(id) < slept.Row.ReservedUntil));

        await scene.Simulator.Delay(Lease);
        Assert.Null(await scene.TakeAsync(sleeper, ids));
        Assert.NotEqual(slept.Row.Owner, sleeper.Snowflakes.Lease!.Row.Owner);
        ids.InsertRange(1, awake);
        Assert.Equal(ids.Order(), ids);
        Assert.Equal(ids.Count + others.Count, ids.Concat(others).Distinct().Count());
    });

    [Fact]
    public void When_every_worker_id_is_leased_further_instances_are_told_when_to_come_back() => SourceScene.Play(async scene =>
    {
        var (holders, ids) = (Enumerable.Range(0, 4).Select(_ => scene.Instance(1)).ToList(), new List<Snowflake>());
        foreach (var holder in holders)
            Assert.Null(await scene.TakeAsync(holder, ids));
        Assert.Equal(4, holders.Select(holder => holder.Snowflakes.Lease!.Worker).Distinct().Count());

        var late = scene.Instance(1, 1);
        var refusal = Assert.IsType<IdRefusal.NoWorker>(await scene.TakeAsync(late, ids));
        Assert.Equal(4, refusal.Workers);
        Assert.InRange(refusal.RetryAfter, TimeSpan.FromSeconds(1), Lease);

        await holders[2].Snowflakes.DisposeAsync();
        await scene.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Null(await scene.TakeAsync(late, ids));
        Assert.Null(await scene.TakeAsync(scene.Instance(2), ids));
        Assert.Equal(ids.Count, ids.Distinct().Count());
    });

    [Fact]
    public void A_clock_that_is_an_hour_ahead_keeps_nobody_out_for_longer_than_a_lease() => SourceScene.Play(async scene =>
    {
        var ids = new List<Snowflake>();
        for (var i = 0; i < 4; i++)
        {
            var ahead = scene.Instance(1);
            ahead.Clock.Ahead = TimeSpan.FromHours(1);
            Assert.Null(await scene.TakeAsync(ahead, ids));
        }

        var right = scene.Instance(1, 1);
        Assert.IsType<IdRefusal.NoWorker>(await scene.TakeAsync(right, ids));
        await scene.Simulator.Delay(Lease);
        Assert.Null(await scene.TakeAsync(right, ids));
        Assert.Equal(ids.Count, ids.Distinct().Count());
    });

    [Fact]
    public void While_the_storage_is_gone_ids_go_on_to_the_end_of_the_range_and_again_when_it_is_back() => SourceScene.Play(async scene =>
    {
        var (instance, ids) = (scene.Instance(1), new List<Snowflake>());
        Assert.Null(await scene.TakeAsync(instance, ids));
        scene.Cluster.Nodes["r1n1"].Weather = Weather.Down;
        var without = TimeSpan.Zero;
        while (await instance.Snowflakes.FillAsync(new Snowflake[1], CancellationToken.None) is null)
        {
            await scene.Simulator.Delay(TimeSpan.FromMilliseconds(500));
            without += TimeSpan.FromMilliseconds(500);
        }

        Assert.InRange(without, Lease - TimeSpan.FromSeconds(2), Lease + TimeSpan.FromSeconds(1));
        scene.Cluster.Nodes["r1n1"].Weather = Weather.Fair;
        Assert.Null(await scene.TakeAsync(instance, ids));
        Assert.Equal(1, Assert.Single(scene.Workers(1)).LeaseEpoch);
    });

    [Fact]
    public void After_the_region_lost_its_tables_ids_begin_above_all_that_were_issued() => SourceScene.Play(async scene =>
    {
        var (instance, ids) = (scene.Instance(2), new List<Snowflake>());
        Assert.Null(await scene.TakeAsync(instance, ids, 1_000));
        await scene.LoseAsync(2);
        Assert.Null(await scene.TakeAsync(scene.Instance(2, 1), ids, 1_000));
        Assert.Null(await scene.TakeAsync(instance, ids));
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.True(ids[1_000] > ids[999]);
        Assert.All(scene.Workers(2), row => Assert.Equal(1, row.LeaseEpoch));
    });

    [Fact]
    public void However_many_messages_are_lost_while_it_leases_and_renews_it_ends_up_with_what_is_stored() => SourceScene.Play(async scene =>
    {
        var (instance, ids) = (scene.Instance(1), new List<Snowflake>());
        scene.Cluster.Nodes["r1n1"].Weather = Weather.Lossy;
        for (var seconds = 0; seconds < 60; seconds++)
        {
            await scene.Simulator.Delay(TimeSpan.FromSeconds(1));
            await scene.TakeAsync(instance, ids);
        }

        scene.Cluster.Nodes["r1n1"].Weather = Weather.Fair;
        await scene.Simulator.Delay(2 * Lease);
        Assert.Null(await scene.TakeAsync(instance, ids));
        Assert.Contains(instance.Snowflakes.Lease!.Row, scene.Workers(1));
        Assert.Equal(ids.Distinct().Order(), ids);
    }, orders: 20);

    [Fact]
    public void Each_region_issues_as_a_datacenter_of_its_own_and_one_too_many_is_refused() => SourceScene.Play(async scene =>
    {
        var layout = new SnowflakeLayout(IdsInstance.FewWorkers.Epoch, 1, 9, 12);
        for (var region = 1; region <= 2; region++)
        {
            var ids = new List<Snowflake>();
            Assert.Null(await scene.TakeAsync(scene.Instance(region, layout: layout), ids, 1_000));
            Assert.All(ids, id => Assert.Equal(region - 1, layout.DatacenterOf(id)));
        }

        Assert.Equal(new IdRefusal.NoDatacenter("r3", 2, 2), await scene.TakeAsync(scene.Instance(3, layout: layout), []));
    });

    private static long Milliseconds(Snowflake id) => IdsInstance.FewWorkers.MillisecondsAt(IdsInstance.FewWorkers.TimeOf(id));
}
