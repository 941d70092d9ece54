using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Serverless.Ids;

namespace Serverless.Tests.Ids;

public class Uuid7OrderTests
{
    private const int Counters = 1 << 22;

    private static readonly DateTimeOffset Start = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    // How far the clock moves, which may be an hour back, and how many ids are then taken: 0 stands for a single one.
    private static readonly Gen<(int Ms, int Count)[]> Steps =
        Gen.Select(Gen.OneOf(Gen.Const(0), Gen.Int[0, 3], Gen.Int[-3_600_000, 3_600_000]), Gen.Int[0, 40]).Array[1, 40];

    private readonly FakeTimeProvider _clock = new(Start);

    [Fact]
    public void However_the_clock_moves_ids_increase_and_tell_the_latest_time_it_has_shown() =>
        Gen.Select(Steps, Gen.Int).Sample((steps, seed) =>
        {
            var clock = new FakeTimeProvider(Start);
            var generator = new Uuid7Generator(clock, new Random(seed));
            var latest = DateTimeOffset.MinValue;
            var ids = new List<Guid>();
            foreach (var (ms, count) in steps)
            {
                clock.AdjustTime(clock.GetUtcNow().AddMilliseconds(ms));
                latest = clock.GetUtcNow() > latest ? clock.GetUtcNow() : latest;
                var taken = Take(generator, count);
                if (!taken.All(id => id.IsRfc(7) && Uuid7Generator.TimeOf(id) == latest))
                    return false;
                ids.AddRange(taken);
            }

            return ids.AreIncreasing();
        });

    [Fact]
    public void Within_a_millisecond_the_counter_rises_by_one_over_singles_and_batches_alike()
    {
        var generator = new Uuid7Generator(_clock, new Random(1));
        Guid[] ids = [.. Take(generator, 0), .. Take(generator, 10_000), .. Take(generator, 0), .. Take(generator, 7)];
        Assert.Equal(Enumerable.Range(ids[0].Counter(), ids.Length), ids.Select(id => id.Counter()));
        Assert.True(ids.AreIncreasing());
    }

    [Fact]
    public void Each_millisecond_the_counter_starts_anew_in_its_lower_half()
    {
        var generator = new Uuid7Generator(_clock, new Random(1));
        var seeds = new HashSet<int>();
        for (var i = 0; i < 1000; i++)
        {
            seeds.Add(generator.Next().Counter());
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.All(seeds, seed => Assert.InRange(seed, 0, Counters / 2 - 1));
        Assert.InRange(seeds.Count, 990, 1000);
        Assert.InRange(seeds.Average(), Counters / 4 * 0.9, Counters / 4 * 1.1);
    }

    [Fact]
    public void A_clock_set_back_an_hour_keeps_the_timestamp_until_it_has_caught_up()
    {
        var generator = new Uuid7Generator(_clock, new Random(1));
        var before = generator.Next();
        _clock.AdjustTime(Start.AddHours(-1));
        var behind = generator.Next();
        _clock.AdjustTime(Start);
        var level = generator.Next();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        var ahead = generator.Next();

        Assert.True(new[] { before, behind, level, ahead }.AreIncreasing());
        Assert.Equal([before.Counter() + 1, before.Counter() + 2], [behind.Counter(), level.Counter()]);
        Assert.Equal([0, 0, 0, 1], new[] { before, behind, level, ahead }.Select(id => id.Milliseconds() - Start.ToUnixTimeMilliseconds()));
    }

    [Fact]
    public void More_ids_than_counters_in_one_instant_run_a_millisecond_ahead_and_still_increase()
    {
        var generator = new Uuid7Generator(_clock, new Random(1));
        var batch = new Guid[10_000];
        var last = generator.Next();
        for (var taken = 0; taken < Counters; taken += batch.Length)
        {
            generator.Fill(batch);
            foreach (var id in batch)
            {
                if (id.CompareTo(last) <= 0)
                    Assert.Fail($"{id} came after {last}.");
                last = id;
            }
        }

        Assert.Equal(Start.AddMilliseconds(1), Uuid7Generator.TimeOf(last));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(last.Counter() + 1, generator.Next().Counter());
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Start.AddMilliseconds(2), Uuid7Generator.TimeOf(generator.Next()));
    }

    [Fact]
    public void From_the_highest_seed_half_the_counters_are_left_and_a_batch_goes_on_over_the_end()
    {
        var generator = new Uuid7Generator(_clock, new KnownBytes(first: 0xFF, step: 0));
        generator.Fill(new Guid[Counters / 2 - 1]);
        var edge = Take(generator, 4);
        Assert.Equal([Counters - 2, Counters - 1, 0, 1], edge.Select(id => id.Counter()));
        Assert.Equal([0, 0, 1, 1], edge.Select(id => id.Milliseconds() - Start.ToUnixTimeMilliseconds()));
        Assert.True(edge.AreIncreasing());
    }

    [Fact]
    public void An_empty_batch_takes_no_counter_and_draws_nothing()
    {
        var random = new KnownBytes(first: 0, step: 0);
        var generator = new Uuid7Generator(_clock, random);
        generator.Fill([]);
        Assert.Equal(0, random.Draws);
        Assert.Equal(0, generator.Next().Counter());
    }

    private static Guid[] Take(Uuid7Generator generator, int count)
    {
        if (count == 0)
            return [generator.Next()];
        var ids = new Guid[count];
        generator.Fill(ids);
        return ids;
    }
}
