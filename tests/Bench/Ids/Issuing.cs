using System.Diagnostics;
using Serverless.Ids;

namespace Serverless.Bench.Ids;

/// <summary>Threads that take ids from one generator as fast as they can, and move its clock as they go.</summary>
internal static class Issuing
{
    private const int Flakes = 2_000_000;

    // Of one millisecond, by all threads: below the 4,096 that the format has.
    private const int PerMillisecond = 4_000;

    private static readonly SnowflakeLayout Layout = new(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), 3, 7, 12);
    private static readonly DateTimeOffset Start = Layout.Epoch.AddYears(1);

    private static long _seen;

    /// <summary>The room's generator. Nothing but the work limits it.</summary>
    public static Ours Ours(TimeProvider clock)
    {
        var generator = new SnowflakeGenerator(Layout, 1, 1, 0, clock);
        generator.Extend(Layout.PositionOf(SnowflakeLayout.EndMilliseconds));
        return new Ours(generator);
    }

    /// <summary>The textbook's.</summary>
    public static Locked Locked(TimeProvider clock) => new(new LockedGenerator(Layout, 1, 1, clock));

    /// <summary>Nanoseconds from one id to the next of any thread, and how many cores the threads had meanwhile.</summary>
    public static (double Nanoseconds, double Cores) Run<T>(Func<TimeProvider, T> open, int threads)
        where T : struct, IIssuer
    {
        var clock = new HandClock(Start);
        var issuer = open(clock);
        var (from, to) = (new long[threads], new long[threads]);
        using var together = new Barrier(threads);
        List<Thread> workers = [.. Enumerable.Range(0, threads).Select(worker => new Thread(() =>
        {
            together.SignalAndWait();
            from[worker] = Stopwatch.GetTimestamp();
            Take(issuer, clock, Flakes / threads, PerMillisecond / threads);
            to[worker] = Stopwatch.GetTimestamp();
        }))];
        var before = Environment.CpuUsage.TotalTime;
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        var took = Stopwatch.GetElapsedTime(from.Min(), to.Max());
        return (took.TotalNanoseconds / Flakes, (Environment.CpuUsage.TotalTime - before) / took);
    }

    private static void Take<T>(T issuer, HandClock clock, int count, int perMillisecond)
        where T : struct, IIssuer
    {
        var seen = 0L;
        for (var taken = 0; taken < count; taken += perMillisecond)
        {
            for (var i = 0; i < perMillisecond; i++)
            {
                if (!issuer.TryNext(out var id))
                    throw new InvalidOperationException("An id was refused.");
                seen ^= id.Value;
            }

            clock.Move();
        }

        Interlocked.Add(ref _seen, seen);
    }
}
