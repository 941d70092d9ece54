using Serverless.Ids;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Ids;

/// <summary>How a source ends: in good order, too early, too late.</summary>
public class SourceEndTests
{
    [Fact]
    public void An_ended_source_gives_its_worker_id_back_and_issues_nothing_any_more() => SourceScene.Play(async scene =>
    {
        var (instance, ids) = (scene.Instance(1), new List<Snowflake>());
        Assert.Null(await scene.TakeAsync(instance, ids));
        await instance.Snowflakes.DisposeAsync();

        var row = Assert.Single(scene.Workers(1));
        Assert.Equal(("", 1), (row.Owner, row.LeaseEpoch));
        Assert.True(row.ReservedUntil > Milliseconds(ids[^1]));
        Assert.False(instance.Snowflakes.TryNext(out _));
        Assert.IsType<IdRefusal.Unavailable>(await scene.TakeAsync(instance, ids));
        Assert.Equal(row, Assert.Single(scene.Workers(1)));
    });

    [Fact]
    public void A_source_that_ends_while_it_renews_or_leases_raises_nothing_and_keeps_nothing() => SourceScene.Play(async scene =>
    {
        var (instance, ids) = (scene.Instance(1), new List<Snowflake>());
        Assert.Null(await scene.TakeAsync(instance, ids));
        await scene.Simulator.Delay(TimeSpan.FromSeconds(2));
        Assert.Null(await scene.TakeAsync(instance, ids));
        await instance.Snowflakes.DisposeAsync();

        var late = scene.Instance(1, 1);
        var leasing = late.Snowflakes.FillAsync(new Snowflake[1], CancellationToken.None);
        late.Snowflakes.Dispose();
        await leasing;
        await scene.Simulator.Delay(TimeSpan.FromSeconds(30));

        var mark = await instance.Marks.ReadAsync("snowflake/r1", "", CancellationToken.None);
        var hour = IdsInstance.FewWorkers.MillisecondsAt(scene.Simulator.Time.GetUtcNow() + TimeSpan.FromHours(1));
        Assert.InRange(mark!.Others, 1, hour);
        Assert.Null(await scene.TakeAsync(scene.Instance(1), ids));
        Assert.True(scene.Workers(1).Count(row => row.Owner.Length > 0 && row.LeaseEnd > scene.Simulator.Time.GetUtcNow()) <= 1);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }, orders: 50);

    [Fact]
    public void The_next_owner_of_a_worker_id_begins_above_what_was_given_back() => SourceScene.Play(async scene =>
    {
        var ids = new List<Snowflake>();
        for (var lives = 0; lives < 8; lives++)
        {
            var instance = scene.Instance(2);
            Assert.Null(await scene.TakeAsync(instance, ids, 300));
            await instance.Snowflakes.DisposeAsync();
        }

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Contains(scene.Workers(2), row => row.LeaseEpoch > 1);
    });

    private static long Milliseconds(Snowflake id) => IdsInstance.FewWorkers.MillisecondsAt(IdsInstance.FewWorkers.TimeOf(id));
}
