using Serverless.Ids;
using Serverless.Replication;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Ids;

/// <summary>Sequences on a cluster in simulated time.</summary>
public class SequenceTests
{
    [Fact]
    public void Instances_of_all_regions_share_a_ticket_sequence_in_segments() => SourceScene.Play(async scene =>
    {
        var taken = new List<long>();
        for (var i = 0; i < 4; i++)
        {
            var tickets = new long[10];
            Assert.Null(await scene.Instance(1 + i % 3).Sequences.TicketsAsync("a", tickets, CancellationToken.None));
            Assert.Equal(Enumerable.Range(0, 10).Select(n => tickets[0] + n), tickets);
            taken.Add(tickets[0]);
        }

        // Each prefetches one more, of twice the size.
        Assert.Equal(1, taken[0]);
        Assert.All(taken.Zip(taken.Skip(1)), pair => Assert.True(pair.Second >= pair.First + SequenceBuffer.LeastStep));
    });

    [Fact]
    public void Each_region_counts_a_multi_master_sequence_by_itself_and_survives_the_others() => SourceScene.Play(async scene =>
    {
        for (var region = 1; region <= 3; region += 2)
        {
            var node = $"r{region}n1";
            scene.Cluster.Nodes[node].Weather = Weather.Down;
            var numbers = new long[3];
            Assert.Null(await scene.Instance(2).Sequences.MastersAsync($"without-{node}", numbers, CancellationToken.None));
            Assert.Equal([2, 10, 18], numbers);
            scene.Cluster.Nodes[node].Weather = Weather.Fair;
            await scene.Simulator.Delay(TimeSpan.FromSeconds(5));
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_sequence_whose_home_lost_its_tables_goes_on_above_all_its_numbers(int region) => SourceScene.Play(async scene =>
    {
        var numbers = new List<long>();
        for (var losses = 0; losses < 3; losses++)
        {
            var instance = scene.Instance(region);
            var (tickets, masters) = (new long[250], new long[250]);
            Assert.Null(await scene.AskAsync(() => instance.Sequences.TicketsAsync("a", tickets, CancellationToken.None)));
            Assert.Null(await scene.AskAsync(() => instance.Sequences.MastersAsync("a", masters, CancellationToken.None)));
            numbers.AddRange([.. tickets, .. masters.Select(number => -number)]);
            await scene.LoseAsync(region);
        }

        Assert.Equal(numbers.Count, numbers.Distinct().Count());
    });

    [Theory]
    [InlineData(0, 1)]
    [InlineData(7, 8)]
    public void Numbers_end_below_two_to_the_fifty_second(int place, int step)
    {
        var allocator = new Allocator(null!, "", place, step);
        Assert.InRange(allocator.NumberOf(allocator.End - 1), Allocator.EndOfNumbers - 2 * step, Allocator.EndOfNumbers - 1);
        Assert.Equal(4_503_599_627_370_496, Allocator.EndOfNumbers);
    }

    [Fact]
    public void A_sequence_that_is_used_up_says_so_and_raises_nothing() => SourceScene.Play(async scene =>
    {
        var instance = scene.Instance(1);
        Assert.Null(await instance.Sequences.TicketsAsync("a", new long[1], CancellationToken.None));
        var view = (await scene.Cluster.Views[0].GetAsync(CancellationToken.None))!;
        var (ticket, replica) = (Allocator.Ticket(view, "end"), Allocator.Ticket(view, "end").Home.Node.Replica);
        await replica.CommitAsync(
            ticket.Home.Partition(ticket.Key),
            [new RowChange.Insert("0.segment", RowJson.Encode(new SegmentRow(ticket.End - 5, ticket.End, 0, "")))], CancellationToken.None);
        Assert.IsType<IdRefusal.UsedUp>(await instance.Sequences.TicketsAsync("end", new long[1], CancellationToken.None));
    });
}
