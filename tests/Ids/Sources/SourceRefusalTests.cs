using Serverless.Ids;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Ids;

/// <summary>When a source issues nothing, and that it issues again once it can.</summary>
public class SourceRefusalTests
{
    private static readonly DateTimeOffset Epoch = IdsInstance.FewWorkers.Epoch;

    [Theory]
    [InlineData(1, 3)]
    [InlineData(1, 1)]
    public void Ids_are_packed_alike_everywhere_or_not_at_all(int first, int other) => SourceScene.Play(async scene =>
    {
        var ids = new List<Snowflake>();
        Assert.Null(await scene.TakeAsync(scene.Instance(first, layout: new SnowflakeLayout(Epoch, 3, 7, 12)), ids));

        var book = new SnowflakeLayout(Epoch, 5, 5, 12);
        var refusal = Assert.IsType<IdRefusal.OtherLayout>(await scene.TakeAsync(scene.Instance(other, 1, layout: book), ids));
        Assert.Equal(("2015-01-01T00:00:00.000Z 3/7/12", book.Name), (refusal.Stored, refusal.Configured));

        await scene.LoseAsync(first);
        Assert.IsType<IdRefusal.OtherLayout>(await scene.TakeAsync(scene.Instance(first, 1, layout: book), ids));
    });

    [Fact]
    public void Of_regions_that_start_at_once_with_different_layouts_only_one_kind_issues_ids() => SourceScene.Play(async scene =>
    {
        SnowflakeLayout[] layouts = [new(Epoch, 3, 7, 12), new(Epoch, 5, 5, 12), new(Epoch, 10, 3, 9)];
        var refusals = await Task.WhenAll(layouts.Select((layout, i) => scene.TakeAsync(scene.Instance(i + 1, layout: layout), [])));
        Assert.Single(refusals, refusal => refusal is null);
        Assert.Equal(2, refusals.Count(refusal => refusal is IdRefusal.OtherLayout));
    }, orders: 20);

    [Fact]
    public void A_clock_beyond_the_end_of_the_epoch_issues_nothing_and_spoils_nothing() => SourceScene.Play(async scene =>
    {
        var (instance, ids) = (scene.Instance(1), new List<Snowflake>());
        Assert.Null(await scene.TakeAsync(instance, ids));
        instance.Clock.Ahead = TimeSpan.FromDays(70 * 365);
        Assert.IsType<IdRefusal.UsedUp>(await scene.TakeAsync(instance, ids));
        var other = scene.Instance(1, 1);
        other.Clock.Ahead = instance.Clock.Ahead;
        Assert.IsType<IdRefusal.UsedUp>(await scene.TakeAsync(other, ids));

        instance.Clock.Ahead = other.Clock.Ahead = TimeSpan.Zero;
        await scene.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Null(await scene.TakeAsync(instance, ids));
        Assert.Null(await scene.TakeAsync(other, ids));
        await scene.LoseAsync(1);
        Assert.Null(await scene.TakeAsync(instance, ids));
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.InRange(IdsInstance.FewWorkers.TimeOf(id), scene.Simulator.Time.GetUtcNow().AddHours(-1), scene.Simulator.Time.GetUtcNow().AddHours(1)));
    });

    [Fact]
    public void The_region_cut_off_from_all_others_goes_on_to_its_ceiling_and_no_further() => SourceScene.Play(async scene =>
    {
        var (instance, ids, cutAt) = (scene.Instance(1), new List<Snowflake>(), TimeSpan.Zero);
        Assert.Null(await scene.TakeAsync(instance, ids));
        foreach (var node in scene.Cluster.Nodes.Keys.Where(node => node != "r1n1"))
            scene.Cluster.Cut(instance.Number, node);
        IdRefusal? refusal = null;
        for (; refusal is null && cutAt < TimeSpan.FromMinutes(5); cutAt += TimeSpan.FromSeconds(1))
        {
            await scene.Simulator.Delay(TimeSpan.FromSeconds(1));
            refusal = await instance.Snowflakes.FillAsync(new Snowflake[300], CancellationToken.None);
        }

        Assert.IsType<IdRefusal.Unavailable>(refusal);
        Assert.InRange(cutAt, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(80));
        scene.Cluster.Heal();
        Assert.Null(await scene.TakeAsync(instance, ids));
    });

    [Theory]
    [InlineData(0, 12, 10_000)]
    [InlineData(0, 3, 100)]
    [InlineData(1_000, 3, 10_000)]
    [InlineData(0, 3, 10_000)]
    public void A_large_request_beside_small_ones_is_served_at_the_pace_of_the_layout(int borrow, int sequenceBits, int count) => SourceScene.Play(async scene =>
    {
        var layout = new SnowflakeLayout(Epoch, SnowflakeLayout.OtherBits - 9 - sequenceBits, 9, sequenceBits);
        var (instance, ids, over) = (scene.Instance(1, layout: layout, options: new IdsOptions { BorrowMilliseconds = borrow }), new List<Snowflake>(), false);
        Assert.Null(await scene.TakeAsync(instance, ids));
        var small = SmallAsync();
        Assert.Null(await instance.Snowflakes.FillAsync(new Snowflake[count], CancellationToken.None));
        over = true;
        await small;

        async Task SmallAsync()
        {
            while (!over)
            {
                instance.Snowflakes.TryNext(out _);
                await scene.Simulator.Delay(TimeSpan.FromMilliseconds(1));
            }
        }
    }, orders: 1);

    [Fact]
    public void Many_instances_that_start_at_once_all_get_a_worker_id_of_their_own() => SourceScene.Play(async scene =>
    {
        var layout = new SnowflakeLayout(Epoch, 3, 7, 12);
        var all = Enumerable.Range(0, 60).Select(machine => scene.Instance(1, machine, layout, new IdsOptions())).ToList();
        Assert.All(await Task.WhenAll(all.Select(instance => instance.Snowflakes.FillAsync(new Snowflake[1], CancellationToken.None).AsTask())), Assert.Null);
        Assert.Equal(60, all.Select(instance => instance.Snowflakes.Lease!.Worker).Distinct().Count());
    }, instances: 180);
}
