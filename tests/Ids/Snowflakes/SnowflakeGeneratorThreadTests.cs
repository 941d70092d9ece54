using Microsoft.Extensions.Time.Testing;
using Serverless.Ids;

namespace Serverless.Tests.Ids;

/// <summary>Real threads that all begin at once.</summary>
public class SnowflakeGeneratorThreadTests
{
    private const int Threads = 6;
    private const int Each = 40_000;
    private const long First = 10_000_000_000;

    [Fact]
    public void Threads_share_no_id_and_each_sees_them_go_up()
    {
        var generator = Generator(TimeProvider.System);
        generator.Extend(IdGen.Default.PositionOf(SnowflakeLayout.EndMilliseconds));
        var all = Race(i => i % 2 == 0 ? Singly(generator, Each) : InBatches(generator, Each / 8));
        Assert.All(all, ids => Assert.True(ids.Zip(ids.Skip(1)).All(pair => pair.First < pair.Second)));
        Assert.Equal(all.Sum(ids => ids.Count), all.SelectMany(ids => ids).Distinct().Count());
    }

    [Fact]
    public void Threads_together_get_every_position_before_the_limit_and_none_after()
    {
        var generator = Generator(new FakeTimeProvider(IdGen.Epoch.AddMilliseconds(First)));
        generator.Extend(IdGen.Default.PositionOf(First) + Each);
        var all = Race(_ => Singly(generator, Each)).SelectMany(ids => ids).Order().ToList();
        Assert.Equal(Enumerable.Range(0, Each).Select(i => IdGen.Default.At(IdGen.Default.PositionOf(First) + i, 0)), all);
    }

    [Fact]
    public void What_is_closed_under_way_answers_a_position_above_all_issued()
    {
        for (var round = 0; round < 50; round++)
        {
            var generator = Generator(TimeProvider.System);
            generator.Extend(IdGen.Default.PositionOf(SnowflakeLayout.EndMilliseconds));
            long closed = 0;
            var all = Race(i =>
            {
                if (i > 0)
                    return Singly(generator, 2_000);
                var some = Singly(generator, 100);
                closed = generator.Close();
                return some;
            });
            Assert.All(all.SelectMany(ids => ids), id => Assert.True(id < IdGen.Default.At(closed, 0)));
        }
    }

    private static SnowflakeGenerator Generator(TimeProvider clock) => new(IdGen.Default, 0, 0, First, clock);

    private static List<Snowflake> Singly(SnowflakeGenerator generator, int count)
    {
        var ids = new List<Snowflake>(count);
        for (var i = 0; i < count && generator.TryNext(out var id); i++)
            ids.Add(id);
        return ids;
    }

    private static List<Snowflake> InBatches(SnowflakeGenerator generator, int count)
    {
        var (ids, batch) = (new List<Snowflake>(count * 8), new Snowflake[8]);
        for (var i = 0; i < count && generator.TryFill(batch); i++)
            ids.AddRange(batch);
        return ids;
    }

    private static List<Snowflake>[] Race(Func<int, List<Snowflake>> run)
    {
        using var barrier = new Barrier(Threads);
        var all = new List<Snowflake>[Threads];
        var threads = Enumerable.Range(0, Threads).Select(i => new Thread(() =>
        {
            barrier.SignalAndWait();
            all[i] = run(i);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return all;
    }
}
