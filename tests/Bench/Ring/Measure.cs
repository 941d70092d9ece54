using System.Diagnostics;

namespace Serverless.Bench.Ring;

/// <summary>Times pure code: warmed up first, then the median of several rounds, so that a busy neighbour does not decide.</summary>
internal static class Measure
{
    private const int WarmUps = 5;
    private const int Rounds = 15;

    /// <summary>Milliseconds that one call takes.</summary>
    public static double Milliseconds(Action work)
    {
        for (var i = 0; i < WarmUps; i++)
            work();

        var times = new double[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            work();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[Rounds / 2];
    }

    /// <summary>Bytes that one call allocates on this thread, once warm.</summary>
    public static long Bytes(Action work)
    {
        work();
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
