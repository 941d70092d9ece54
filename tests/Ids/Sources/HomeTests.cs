using Serverless.Ids;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Ids;

/// <summary>Where a region counts: how it begins there, and what is known of it when it counts elsewhere.</summary>
public class HomeTests
{
    private const int Machines = 12;
    private const int Few = 100;
    private const int Many = 100 * Few;

    [Fact]
    public void However_many_instances_begin_at_once_ids_begin_at_the_present_and_numbers_at_one() => SourceScene.Play(async scene =>
    {
        var instances = Enumerable.Range(0, Machines).Select(i => scene.Instance(1 + i % 3, i / 3)).ToList();
        var (ids, tickets, masters) = (new List<Snowflake>(), new List<long>(), new List<long>());
        await Task.WhenAll(instances.Select(async instance =>
        {
            Assert.Null(await scene.TakeAsync(instance, ids));
            tickets.AddRange(await TakeAsync(scene, 1, instance.Sequences.TicketsAsync));
            masters.AddRange(await TakeAsync(scene, 1, instance.Sequences.MastersAsync));
        }));

        var now = scene.Simulator.Time.GetUtcNow();
        Assert.All(ids, id => Assert.InRange(IdsInstance.FewWorkers.TimeOf(id), now - TimeSpan.FromMinutes(1), now + TimeSpan.FromSeconds(IdsInstance.Hasty.LeaseSeconds)));
        Assert.Equal((1, 1), (tickets.Min(), masters.Min()));

        // One segment each, and another that may be on its way.
        Assert.InRange(tickets.Max(), 1, 3 * Machines * SequenceBuffer.LeastStep);
        Assert.InRange(masters.Max(), 1, 3 * Machines / 3 * SequenceBuffer.LeastStep * Allocator.Masters);
    }, orders: 30, instances: Machines);

    [Fact]
    public void A_home_that_counts_again_goes_on_above_all_that_another_counted_meanwhile() => SourceScene.Play(async scene =>
    {
        var (ids, numbers) = (new List<Snowflake>(), new List<long>());
        await GoOnAsync(TimeSpan.Zero, Few);
        scene.Cluster.Move("r1n1");
        await GoOnAsync(TimeSpan.FromHours(1), Few);
        Assert.True(scene.Cluster.MoveBack("r1n1"));
        await GoOnAsync(TimeSpan.Zero, Many);

        Assert.Equal(ids.Distinct().Order(), ids);
        Assert.Equal(numbers.Count, numbers.Distinct().Count());

        // Later, and more, than was allowed here before.
        async Task GoOnAsync(TimeSpan ahead, int count)
        {
            await scene.Simulator.Delay(TimeSpan.FromMinutes(2 * IdsInstance.Hasty.CeilingMinutes));
            await scene.Cluster.SettleAsync();
            var instance = scene.Instance(1);
            instance.Clock.Ahead = ahead;
            Assert.Null(await scene.TakeAsync(instance, ids));
            numbers.AddRange(await TakeAsync(scene, count, instance.Sequences.MastersAsync));
        }
    });

    private static async Task<long[]> TakeAsync(SourceScene scene, int count, Func<string, Memory<long>, CancellationToken, ValueTask<IdRefusal?>> take)
    {
        var numbers = new long[count];
        Assert.Null(await scene.AskAsync(() => take("a", numbers, CancellationToken.None)));
        return numbers;
    }
}
