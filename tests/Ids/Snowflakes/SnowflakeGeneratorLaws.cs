using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Serverless.Ids;

namespace Serverless.Tests.Ids;

/// <summary>One worker's generator with a clock that is moved by hand, in the spirit of Twitter's IdWorkerSpec.</summary>
public class SnowflakeGeneratorLaws
{
    private const long First = 10_000_000_000;
    private readonly FakeTimeProvider _clock = new(IdGen.Epoch.AddMilliseconds(First));

    [Fact]
    public void Ids_only_go_up_and_stay_before_the_limit_whatever_the_clock_does() => Gen.Select(
        IdGen.Layout, Gen.Select(Gen.Int[-50, 50], Gen.Int[0, 40], Gen.Int[0, 30]).List[1, 60]).Sample((layout, moves) =>
    {
        var clock = new FakeTimeProvider(IdGen.Epoch.AddMilliseconds(First));
        var generator = new SnowflakeGenerator(layout, 1, 1, First, clock);
        var (limit, before) = (layout.PositionOf(First), new Snowflake(0));
        foreach (var (jump, ids, room) in moves)
        {
            clock.AdjustTime(clock.GetUtcNow().AddMilliseconds(jump));
            limit = Math.Max(limit, layout.PositionOf(First + room) + ids);
            generator.Extend(limit - (room % 3 == 0 ? layout.PerMillisecond : 0));
            generator.Extend(limit);
            for (var i = 0; i < ids && generator.TryNext(out var id); i++)
            {
                Assert.True(id > before && layout.PositionOf(layout.MillisecondsAt(layout.TimeOf(id))) + layout.SequenceOf(id) < limit);
                Assert.Equal((1, 1), (layout.DatacenterOf(id), layout.WorkerOf(id)));
                before = id;
            }
        }
    });

    [Fact]
    public void An_idle_generator_says_what_the_clock_says() => Gen.Select(IdGen.Layout, Gen.Int[1, 1_000].List[1, 30]).Sample((layout, steps) =>
    {
        var clock = new FakeTimeProvider(IdGen.Epoch.AddMilliseconds(First));
        var generator = Unbounded(layout, clock);
        foreach (var step in steps)
        {
            clock.Advance(TimeSpan.FromMilliseconds(step));
            Assert.True(generator.TryNext(out var id));
            Assert.Equal((clock.GetUtcNow(), 0), (layout.TimeOf(id), layout.SequenceOf(id)));
        }
    });

    [Fact]
    public void Only_unique_ids_even_when_time_goes_backwards()
    {
        var (generator, seen) = (Unbounded(IdGen.Default, _clock), new HashSet<Snowflake>());
        for (var i = 0; i < 100_000; i++)
        {
            if (i % 1_000 == 0)
                _clock.AdjustTime(IdGen.Epoch.AddMilliseconds(First + (i / 1_000 * 37 % 100)));
            Assert.True(generator.TryNext(out var id) && seen.Add(id));
        }
    }

    [Fact]
    public void A_millisecond_that_is_used_up_carries_into_the_next()
    {
        var (generator, ids) = (Unbounded(IdGen.Default, _clock), new Snowflake[4_098]);
        for (var i = 0; i < ids.Length; i++)
            Assert.True(generator.TryNext(out ids[i]));
        Assert.Equal((_clock.GetUtcNow(), 4_095), (IdGen.Default.TimeOf(ids[4_095]), IdGen.Default.SequenceOf(ids[4_095])));
        Assert.Equal((_clock.GetUtcNow().AddMilliseconds(1), 0), (IdGen.Default.TimeOf(ids[4_096]), IdGen.Default.SequenceOf(ids[4_096])));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(generator.TryNext(out var next) && IdGen.Default.SequenceOf(next) == 2);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(7, 127)]
    [InlineData(5, 99)]
    public void Every_id_carries_its_datacenter_and_worker(int datacenter, int worker)
    {
        var generator = new SnowflakeGenerator(IdGen.Default, datacenter, worker, First, _clock);
        generator.Extend(long.MaxValue / 4);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.True(generator.TryNext(out var id));
            Assert.Equal((datacenter, worker), (IdGen.Default.DatacenterOf(id), IdGen.Default.WorkerOf(id)));
        }
    }

    [Fact]
    public void A_batch_is_consecutive_or_takes_nothing() => Gen.Select(IdGen.Layout, Gen.Int[0, 100], Gen.Int[1, 200]).Sample((layout, room, count) =>
    {
        var generator = new SnowflakeGenerator(layout, 0, 0, First, _clock);
        generator.Extend(layout.PositionOf(First) + room);
        var ids = new Snowflake[count];
        Assert.Equal(count <= room, generator.TryFill(ids));
        if (count <= room)
            Assert.Equal(Enumerable.Range(0, count).Select(i => layout.At(layout.PositionOf(First) + i, 0)), ids);
        else
            Assert.All(ids, id => Assert.Equal(default, id));
        var left = count <= room ? room - count : room;
        Assert.True(left == 0 || generator.TryFill(new Snowflake[left]));
        Assert.False(generator.TryNext(out _));
    });

    [Fact]
    public void A_clock_that_is_wrong_for_a_moment_is_forgotten()
    {
        var generator = new SnowflakeGenerator(IdGen.Default, 0, 0, First, _clock);
        generator.Extend(IdGen.Default.PositionOf(First + 10));
        _clock.AdjustTime(_clock.GetUtcNow().AddYears(100));
        Assert.False(generator.TryNext(out _));
        _clock.AdjustTime(IdGen.Epoch.AddMilliseconds(First));
        generator.Extend(IdGen.Default.PositionOf(First + 20));
        Assert.True(generator.TryNext(out var id));
        Assert.InRange(IdGen.Default.TimeOf(id), IdGen.Epoch.AddMilliseconds(First + 10), IdGen.Epoch.AddMilliseconds(First + 11));
    }

    [Fact]
    public void A_closed_generator_issues_nothing_and_tells_a_position_above_all_it_issued()
    {
        var generator = Unbounded(IdGen.Default, _clock);
        Assert.True(generator.TryFill(new Snowflake[5_000]) && generator.TryNext(out var last));
        var closed = generator.Close();
        Assert.Equal(IdGen.Default.PositionOf(First) + 5_001, closed);
        _clock.Advance(TimeSpan.FromDays(1));
        generator.Extend(long.MaxValue / 4);
        Assert.False(generator.TryNext(out _) || generator.TryFill(new Snowflake[2]));
    }

    [Fact]
    public void An_id_costs_no_allocation()
    {
        var generator = Unbounded(IdGen.Default, TimeProvider.System);
        Assert.True(generator.TryNext(out var id));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
            generator.TryNext(out id);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(default, id);
    }

    private static SnowflakeGenerator Unbounded(SnowflakeLayout layout, TimeProvider clock)
    {
        var generator = new SnowflakeGenerator(layout, 0, 0, First, clock);
        generator.Extend(layout.PositionOf(SnowflakeLayout.EndMilliseconds));
        return generator;
    }
}
