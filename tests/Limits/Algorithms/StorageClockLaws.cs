using CsCheck;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>What an instance knows of a storage's clock, against a storage of which everything is known.</summary>
public class StorageClockLaws
{
    private const long Millisecond = TimeSpan.TicksPerMillisecond;
    private const long MostDrift = 200;

    private static readonly Gen<long> Drift = Gen.OneOf(Gen.Const(-MostDrift), Gen.Const(MostDrift), Gen.Const(0L), Gen.Long[-MostDrift, MostDrift]);

    private static readonly Gen<long> Delay = Gen.OneOf(Gen.Long[0, Millisecond], Gen.Long[0, 20 * Millisecond], Gen.Long[0, 1_000 * Millisecond]);

    private static readonly Gen<(long Idle, long There, long Back, long Drift)[]> Scripts =
        Gen.Select(Gen.OneOf(Gen.Long[0, 25 * TimeSpan.TicksPerSecond], Gen.Long[0, TimeSpan.TicksPerSecond]), Delay, Delay, Drift).Array[1, 20];

    private static readonly Gen<long> Offset = Gen.Long[0, TimeSpan.TicksPerDay];

    [Fact]
    public void The_storages_time_always_lies_in_the_present() => Gen.Select(Offset, Scripts).Sample((offset, script) =>
    {
        var storage = new DriftingStorage(offset);
        var clock = new StorageClock(storage);
        foreach (var (idle, there, back, drift) in script)
        {
            for (var i = 0; i < 4; i++)
            {
                if (clock.Now is { } now && !(now.Earliest <= storage.Truth.Earliest + Slack && storage.Truth.Latest <= now.Latest + Slack))
                    return false;
                storage.Pass(idle / 4, drift);
            }

            storage.Measure(clock, there, back, drift);
        }

        return true;
    }, iter: 2_000);

    [Fact]
    public void The_present_is_as_narrow_as_the_fastest_round_trip_and_a_millisecond_and_what_may_have_drifted() => Gen.Select(Offset, Scripts).Sample((offset, script) =>
    {
        var storage = new DriftingStorage(offset);
        var (clock, best) = (new StorageClock(storage), long.MaxValue / 2);
        foreach (var (idle, there, back, drift) in script)
        {
            storage.Pass(idle, drift / 2);
            storage.Measure(clock, there, back, drift / 2);
            best = Math.Min(there + back + Millisecond + 2 * Drifted(there + back), best + 2 * Drifted(idle + there + back));
            if (clock.Now!.Value is var now && now.Latest - now.Earliest > best + 2 * Drifted(StorageClock.Life.Ticks))
                return false;
        }

        return true;
    }, iter: 1_000);

    [Fact]
    public void The_present_advances_exactly_as_the_instances_clock_until_the_reading_is_too_old() => Gen.Select(Offset, Scripts).Sample((offset, script) =>
    {
        var storage = new DriftingStorage(offset);
        var clock = new StorageClock(storage);
        Assert.Null(clock.Now);
        foreach (var (idle, there, back, drift) in script)
        {
            storage.Measure(clock, there, back, drift);
            Assert.Equal(TimeSpan.Zero, clock.Age);
            var before = clock.Now!.Value;
            storage.Pass(idle, drift);
            Assert.Equal(idle, clock.Age.Ticks);
            Assert.Equal(idle < StorageClock.Life.Ticks ? new Moment(before.Earliest + idle, before.Latest + idle) : null, clock.Now);
        }
    }, iter: 1_000);

    [Fact]
    public void A_reading_lives_to_its_last_tick()
    {
        var storage = new DriftingStorage(0);
        var clock = new StorageClock(storage);
        storage.Measure(clock, Millisecond, Millisecond, 0);
        storage.Pass(StorageClock.Life.Ticks - 1, 0);
        Assert.NotNull(clock.Now);
        storage.Pass(1, 0);
        Assert.Null(clock.Now);
    }

    [Fact]
    public void A_storages_clock_that_was_set_back_is_followed_from_the_next_reading() => Gen.Select(Offset, Delay, Gen.Long[3, 100]).Sample((offset, delay, seconds) =>
    {
        var storage = new DriftingStorage(offset);
        var clock = new StorageClock(storage);
        storage.Measure(clock, delay, delay, 0);
        storage.SetBack(seconds * TimeSpan.TicksPerSecond);
        storage.Measure(clock, delay, delay, 0);
        return clock.Now is { } now && now.Earliest <= storage.Truth.Earliest && storage.Truth.Latest <= now.Latest;
    });

    private static long Drifted(long ticks) => ticks * MostDrift / 1_000_000;

    // Each reading's drift is rounded down.
    private const long Slack = 20;
}
